import type * as vscode from 'vscode';
import { createSupervisor } from './app/supervisor.ts';
import { withFailureShown } from './editor/activation.ts';
import { start } from './editor/start.ts';
import { digestOf, missingFrom, readDigest } from './history/digest.ts';
import { openHistory } from './history/open-history.ts';
import { systemClock as clock } from './net/clock.ts';
import { createTransport } from './net/dispatcher.ts';
import { redactSecrets as redact } from './net/redact.ts';
import { createProviders, secretOrigin } from './providers/create.ts';
import { createDemoProvider } from './providers/demo/demo-provider.ts';
import { systemIds } from './providers/registry.ts';

let shutdown: (() => Promise<void>) | null = null;

/** Builds the object graph and returns; everything that takes time follows after it. */
export function activate(context: vscode.ExtensionContext): void {
  withFailureShown(() => {
    shutdown = start(context, {
      clock,
      redact,
      createSupervisor,
      systems: systemIds,
      openHistory: (options) => openHistory({ ...options, clock, redact }),
      connect: (id, { settings, network, ...needs }) => {
        const transport = createTransport(network);
        const providers = createProviders(
          { openSandbox: { ...settings.openSandbox }, local: { ...settings.local } },
          { ...needs, transport },
          id,
        );
        return { providers, close: () => transport.close() };
      },
      originOf: (serverUrl) => secretOrigin('openSandbox', { openSandbox: { serverUrl } }, process.env),
      createDemo: () => createDemoProvider(clock),
      digest: { of: (incidents) => digestOf(incidents, redact), read: readDigest, missingFrom },
    });
  });
}

/** Ends every stream and waits until nothing is left behind in a sandbox. */
export async function deactivate(): Promise<void> {
  await shutdown?.();
}
