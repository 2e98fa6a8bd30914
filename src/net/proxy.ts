import { BlockList, isIP } from 'node:net';
import { Problem } from '../model/problem.ts';
import { hostOf, isLoopback } from './loopback.ts';

/** What decides whether a request goes through a proxy. */
export interface ProxySettings {
  readonly proxyUrl?: string;
  readonly noProxy?: readonly string[];
  readonly useProxy?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const supported = ['http:', 'https:', 'socks5:', 'socks:'];

/**
 * The proxy for `url`, or null for a direct connection. The setting wins over the environment; loopback and what
 * NO_PROXY or the setting excludes go directly. Throws `unreachable` when the proxy's own address cannot be used.
 */
export const proxyFor = (url: URL, settings: ProxySettings): URL | null => {
  if (settings.useProxy === false || isLoopback(url)) return null;
  const environment = settings.environment ?? process.env;
  const fromEnvironment = (name: string): string | undefined => environment[name] || environment[name.toUpperCase()];
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const proxy =
    settings.proxyUrl || (secure ? fromEnvironment('https_proxy') : undefined) || fromEnvironment('http_proxy');
  if (proxy === undefined || proxy.trim() === '') return null;
  const exclusions = [...(settings.noProxy ?? []), ...(fromEnvironment('no_proxy') ?? '').split(/[,\s]+/)];
  if (exclusions.some((entry) => excludes(entry.trim().toLowerCase(), url))) return null;
  return parseProxy(proxy.trim());
};

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' || url.protocol === 'wss:' ? '443' : '80');

/** `*`, `host`, `.domain`, `*.domain`, an address, an address range like `10.0.0.0/8`; all but the last with `:port`. */
const excludes = (entry: string, url: URL): boolean => {
  if (entry === '') return false;
  const host = hostOf(url);
  const range = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (range !== null) return inRange(host, range[1] ?? '', Number(range[2]));
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== portOf(url)) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (name === '*') return true;
  const onlyBelow = name.startsWith('*.');
  const bare = name.replace(/^\*?\./, '');
  return host.endsWith(`.${bare}`) || (!onlyBelow && host === bare);
};

const inRange = (host: string, network: string, prefix: number): boolean => {
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
};

const parseProxy = (text: string): URL => {
  const full = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(full)) {
    throw new Problem('unreachable', 'The proxy address in the settings is not an address.', {
      nextStep: 'Check the http.proxy setting and the environment variables HTTP_PROXY and HTTPS_PROXY.',
    });
  }
  const url = new URL(full);
  if (supported.includes(url.protocol)) return url;
  throw new Problem('unreachable', `Proxies of the type ${url.protocol} are not supported.`, {
    nextStep: 'Use an HTTP or SOCKS5 proxy.',
  });
};
