import { rmSync } from 'node:fs';
import { type SandboxServer, startSandboxServer, workloads } from '../helpers/sandbox-server.ts';

/** The sandbox of the demo: a service that leaks about 1.6 MiB a second under a limit of 256 MiB, so it lives about 100 s. */
export const demoSandbox = {
  entrypoint: [process.execPath, workloads.leak, '--rate-mib=1.6', '--saw-mib=12', '--start-mib=40'],
  memory: '256Mi',
  cpu: '1',
  timeout: 1800,
  metadata: { name: 'api-tests' },
} as const;

/** What the extension needs in its environment to find the server; nothing has to be typed. */
export const environmentFor = (server: SandboxServer): Record<string, string> => ({
  OPEN_SANDBOX_DOMAIN: server.url,
  OPEN_SANDBOX_API_KEY: server.apiKey,
});

/** Starts the test server with its event log in a file that is kept. What a demo before this one left there goes: it would be read as ours. */
export const startDemoServer = (logFile: string): Promise<SandboxServer> => {
  rmSync(logFile, { force: true });
  return startSandboxServer({ logFile, allowShortTtl: false });
};
