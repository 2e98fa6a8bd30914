import type * as vscode from 'vscode';
import { createSupervisor } from './app/supervisor.ts';
import { withFailureShown } from './editor/activation.ts';
import { registerCommands } from './editor/commands.ts';
import { askForSecret, connect } from './editor/connect.ts';
import { Connections } from './editor/connections.ts';
import { createHandlers } from './editor/handlers.ts';
import { createLog } from './editor/log.ts';
import { fileExists, placeHints, rememberedSandbox, rememberSandbox } from './editor/place.ts';
import { Secrets } from './editor/secrets.ts';
import { appSettings, onSettingsChanged, readNetworkSettings, readSettings } from './editor/settings.ts';
import { formatClock } from './editor/text/format.ts';
import { createWorkbench } from './editor/workbench.ts';
import { createMemoryStore } from './history/memory-store.ts';
import { systemClock as clock } from './net/clock.ts';
import { createTransport } from './net/dispatcher.ts';
import { redactSecrets } from './net/redact.ts';
import { createProviders, secretOrigin } from './providers/create.ts';
import { createDemoProvider } from './providers/demo/demo-provider.ts';

let shutdown: (() => Promise<void>) | null = null;

/** Builds the object graph and returns; everything that takes time follows after it. */
export function activate(context: vscode.ExtensionContext): void {
  withFailureShown(() => build(context));
}

function build(context: vscode.ExtensionContext): void {
  const log = createLog(redactSecrets);
  const secrets = new Secrets(context.secrets);
  let settings = readSettings();
  const history = createMemoryStore();
  const inApp = appSettings(settings);
  const supervisor = createSupervisor({ clock, log, history, settings: inApp, formatTime: formatClock });
  const remember = (sandboxId: string): Promise<void> => rememberSandbox(context.workspaceState, sandboxId);
  const workbench = createWorkbench({
    supervisor,
    clock,
    log,
    redact: redactSecrets,
    notificationsEnabled: () => settings.alerts.notifications,
    remember,
  });
  const environment = process.env;
  const madeFrom = () => [settings.openSandbox, readNetworkSettings()];
  const connections = new Connections(supervisor, {
    clock,
    log,
    create: () => {
      const transport = createTransport(readNetworkSettings());
      const deps = { clock, log, transport, secret: secrets.get, environment, fileExists };
      return {
        providers: createProviders({ openSandbox: { ...settings.openSandbox } }, deps),
        close: () => transport.close(),
      };
    },
  });
  const originOf = (serverUrl: string): string | null =>
    secretOrigin('openSandbox', { openSandbox: { serverUrl } }, environment);
  const handlers = createHandlers({
    supervisor,
    workbench,
    now: clock.now,
    remember,
    connect: () => connect(secrets, settings.openSandbox.serverUrl, originOf),
    setApiKey: () => askForSecret(secrets, originOf(settings.openSandbox.serverUrl)),
    tryDemo: () => connections.startDemo(createDemoProvider(clock)),
    showLog: log.show,
  });
  context.subscriptions.push(
    registerCommands(handlers, (id, error) => log.error(`${id}: ${error instanceof Error ? error.stack : error}`)),
    // A key is read for every request: a new one only has to be tried.
    secrets.onChanged(() => supervisor.refresh()),
    onSettingsChanged((changed) => {
      settings = changed;
      supervisor.setSettings(appSettings(changed));
      connections.renew(madeFrom());
    }),
    workbench,
  );
  shutdown = async () => {
    await supervisor.dispose();
    await history.dispose();
    await connections.close();
    // Last of all: the others still have something to say.
    log.dispose();
  };
  setImmediate(() => {
    supervisor.setPlace(placeHints(), rememberedSandbox(context.workspaceState));
    connections.renew(madeFrom());
  });
}

/** Ends every stream and waits until nothing is left behind in a sandbox. */
export async function deactivate(): Promise<void> {
  await shutdown?.();
}
