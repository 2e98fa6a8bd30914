import * as z from 'zod/mini';
import type { ProviderConfig, ProviderDeps, ProviderFactory } from '../registry.ts';
import { OpenSandboxProvider } from './provider.ts';
import { providerId } from './sandbox-mapping.ts';
import { parseServerAddress, type ServerAddress } from './server-address.ts';

/** Names under which secrets are stored. */
const apiKeySecret = 'apiKey';
const execdTokenSecret = 'executionToken';

const configSchema = z.object({ serverUrl: z.catch(z.optional(z.string()), undefined) });

type Environment = ProviderDeps['environment'];

/** The server of the setting, else of `OPEN_SANDBOX_DOMAIN`. Throws `Problem` for an address that is none. */
const addressOf = (config: ProviderConfig, environment: Environment): ServerAddress | null => {
  const parsed = z.safeParse(configSchema, config);
  const setting = (parsed.success ? parsed.data.serverUrl : undefined)?.trim() ?? '';
  const text = setting === '' ? (environment['OPEN_SANDBOX_DOMAIN']?.trim() ?? '') : setting;
  return text === '' ? null : parseServerAddress(text);
};

/**
 * The key of the environment, as the SDKs take it. It belongs to the server the environment names; only when it names
 * none does it go to the server of the setting.
 */
const environmentKey = (address: ServerAddress, environment: Environment): string | null => {
  const key = environment['OPEN_SANDBOX_API_KEY']?.trim() ?? '';
  const domain = environment['OPEN_SANDBOX_DOMAIN']?.trim() ?? '';
  if (key === '') return null;
  if (domain === '') return key;
  try {
    return parseServerAddress(domain).origin === address.origin ? key : null;
  } catch {
    // An unreadable domain names no server, so nothing says that the key is for this one.
    return null;
  }
};

/** OpenSandbox servers: one, named by `sandboxForesight.openSandbox.serverUrl` or the environment. */
export const openSandboxFactory: ProviderFactory = {
  id: providerId,
  settings: [
    {
      name: 'serverUrl',
      type: 'string',
      default: '',
      description:
        'Address of the OpenSandbox server, for example http://127.0.0.1:8080. Empty: the environment variable OPEN_SANDBOX_DOMAIN, if it is set.',
    },
  ],
  secrets: [
    { name: apiKeySecret, title: 'API key of the OpenSandbox server' },
    { name: execdTokenSecret, title: 'execd access token that sandboxes were created with' },
  ],
  origin: (config, environment) => addressOf(config, environment)?.origin ?? null,
  create: (config, deps) => {
    const address = addressOf(config, deps.environment);
    if (address === null) return null;
    const { clock, log, transport, fileExists, secret, secretMark, environment } = deps;
    return new OpenSandboxProvider({
      address,
      transport,
      clock,
      log,
      fileExists,
      apiKey: async () => (await secret(apiKeySecret, address.origin)) ?? environmentKey(address, environment),
      keyMark: secretMark ?? (() => Promise.resolve(null)),
      execdToken: () => secret(execdTokenSecret, address.origin),
    });
  },
};
