import * as vscode from 'vscode';
import type { Supervisor, SupervisorOptions } from '../app/contracts.ts';
import { warmUp } from '../app/warm-up.ts';
import type { CommandPeaks, HistoryBounds, HistoryStore } from '../model/history.ts';
import type { Incident } from '../model/incident.ts';
import type { Clock, Here, Log, SandboxProvider } from '../model/ports.ts';
import { isEnded } from '../model/sandbox.ts';
import { WindowAttention } from './attention.ts';
import { registerCommands } from './commands.ts';
import { ComputerTeller, existsThere } from './computer.ts';
import { askForSecret, connect, originOrNull } from './connect.ts';
import { type ConnectionSet, Connections } from './connections.ts';
import { Dashboards } from './dashboard/dashboards.ts';
import { EditTimes } from './edit-times.ts';
import { RememberedFixes } from './error-fixes/remembered-fixes.ts';
import { logFirstNumbers } from './first-numbers.ts';
import { createHandlers } from './handlers.ts';
import { hereOf } from './here.ts';
import { IncidentKeeper } from './incident-keeper.ts';
import { KeptMutes } from './kept-mutes.ts';
import { createLog } from './log.ts';
import { madeFrom } from './made-from.ts';
import { fileExists, forgetChoice, placeHints, rememberedSandbox, rememberSandbox } from './place.ts';
import { PlaceActions } from './place-actions.ts';
import { EditorProcesses } from './process-owners.ts';
import { Secrets } from './secrets.ts';
import { ServerAnswers } from './server-answers.ts';
import {
  appSettings,
  historyBounds,
  type NetworkSettings,
  onSettingsChanged,
  readNetworkSettings,
  readSettings,
  type Settings,
} from './settings.ts';
import { formatClock } from './text/format.ts';
import { createWorkbench } from './workbench.ts';

/** What a set of connections is made from. */
export interface ConnectionNeeds {
  readonly settings: Settings;
  readonly network: NetworkSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly secret: (name: string, origin: string) => Promise<string | null>;
  readonly secretMark: (secret: string) => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fileExists: (path: string) => Promise<boolean>;
  readonly here: Here;
}

/** The other sides of the ports, bound in extension.ts. */
export interface Parts {
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  createSupervisor(options: SupervisorOptions): Supervisor;
  openHistory(options: {
    readonly folder: string;
    readonly workerFile: string;
    readonly bounds: HistoryBounds;
    readonly log: Log;
  }): HistoryStore & { readonly peaks: CommandPeaks };
  /** The ids of all systems, in the order in which they are asked. */
  readonly systems: readonly string[];
  /** @param id of the system, as in its settings. */
  connect(id: string, needs: ConnectionNeeds): ConnectionSet;
  /** The origin that secrets for a server's address belong to. Throws `Problem` for what is no address. */
  originOf(serverUrl: string): string | null;
  createDemo(): SandboxProvider;
  readonly digest: {
    of(incidents: readonly Incident[]): unknown;
    read(digest: unknown): readonly Incident[];
    missingFrom(kept: readonly Incident[], digest: readonly Incident[]): readonly Incident[];
  };
}

/**
 * Starts everything the person sees. Returns at once: settings of the editor are read, objects are made, and all that takes
 * time (files, secrets, the network) follows after it.
 * @returns ends every stream, waits until nothing is left behind in a sandbox, and writes what is pending.
 */
export function start(context: vscode.ExtensionContext, parts: Parts): () => Promise<void> {
  const { clock, redact } = parts;
  const log = createLog(redact);
  const secrets = new Secrets(context.secrets);
  let settings = readSettings();
  const history = parts.openHistory({
    folder: context.globalStorageUri.fsPath,
    workerFile: context.asAbsolutePath('dist/history-worker.js'),
    bounds: historyBounds(settings),
    log,
  });
  const editTimes = new EditTimes(clock.now);
  const rememberedFixes = new RememberedFixes(context.globalState, redact);
  const supervisor = parts.createSupervisor({
    clock,
    log,
    history,
    peaks: history.peaks,
    mutes: new KeptMutes(context.globalState),
    // A recording is nobody's past.
    unkept: ['demo'],
    settings: appSettings(settings),
    formatTime: formatClock,
    redact,
    editTimes: () => editTimes.moments,
    rememberedFixes: () => rememberedFixes.list,
    forgotten: async (sandboxId) => {
      if (sandboxId === null) await rememberedFixes.clear();
      // That a sandbox which lives is the current one is a wish of now, none of the past.
      const lives = (id: string): boolean =>
        supervisor.view.sandboxes.some(({ sandbox }) => sandbox.id === id && !isEnded(sandbox.phase));
      await forgetChoice(context.workspaceState, (id) => (sandboxId ?? id) === id && !lives(id));
      await keeper?.forget(sandboxId);
    },
  });
  // On the person's side the store itself survives a sandbox; inside one, only what the editor keeps does.
  const keeper =
    context.extension.extensionKind === vscode.ExtensionKind.Workspace
      ? new IncidentKeeper({ supervisor, history, state: context.globalState, digest: parts.digest, clock, log })
      : null;
  const remember = (sandboxId: string): Promise<void> => rememberSandbox(context.workspaceState, sandboxId);
  const workbench = createWorkbench({
    supervisor,
    clock,
    log,
    redact,
    notificationsEnabled: () => settings.alerts.notifications,
    offersEnabled: () => settings.alerts.notifications && settings.errors.offerFixes,
    remember,
    remote: () => here().remote,
    environment: context.environmentVariableCollection,
  });
  const minuteMs = 60_000;
  const attention = new WindowAttention(clock, settings.local.restAfterMinutes * minuteMs);
  const owners = new EditorProcesses((error) => log.debug(`The process of a terminal is not known: ${String(error)}`));
  const here = (): Here => hereOf(context.extension.extensionKind, attention, owners);
  let keyChanges = 0;
  const renewConnections = (): void => {
    const hereReadable = here().unreadable === null;
    connections.renew(madeFrom(parts.systems, { settings, network: readNetworkSettings(), hereReadable, keyChanges }));
  };
  const connections = new Connections(supervisor, {
    clock,
    log,
    create: (id) => {
      const network = readNetworkSettings();
      if (!network.strictTls) log.warn('The certificates of servers are not checked: http.proxyStrictSSL is off.');
      const environment = process.env;
      return parts.connect(id, {
        settings,
        network,
        clock,
        log,
        secret: secrets.get,
        secretMark: secrets.markOf,
        environment,
        fileExists: (path) => {
          const { remote, files } = here();
          return remote ? existsThere(files, path) : fileExists(path);
        },
        here: here(),
      });
    },
  });
  const dashboards = new Dashboards({ app: supervisor, history, clock, log }, context.extensionUri);
  const handlers = createHandlers({
    supervisor,
    workbench,
    dashboards,
    placeActions: new PlaceActions({
      view: () => supervisor.view,
      fixes: workbench.fixes,
      remote: () => here().remote,
    }),
    rememberedFixes,
    answers: new ServerAnswers(supervisor, clock),
    now: clock.now,
    remember,
    connect: () => connect(secrets, settings.openSandbox.serverUrl, parts.originOf),
    setApiKey: () => askForSecret(secrets, parts.originOf(settings.openSandbox.serverUrl)),
    tryDemo: () => connections.startDemo(parts.createDemo()),
    showLog: log.show,
  });
  const computer = new ComputerTeller(here, (known) =>
    supervisor.setPlace(placeHints(known), rememberedSandbox(context.workspaceState)),
  );
  const tellPlace = (then?: () => void): void => {
    computer.tell(then).catch((error: unknown) => log.error(`The place of the editor: ${String(error)}`));
  };
  const presentOrigin = (): string | null => originOrNull(parts.originOf, settings.openSandbox.serverUrl);
  const warming = warmUp(clock);
  context.subscriptions.push(
    { dispose: () => warming.cancel() },
    registerCommands(handlers, (id, error) => log.error(`${id}: ${error instanceof Error ? error.stack : error}`)),
    secrets.onChanged(presentOrigin, (name) => {
      if (name !== 'apiKey') {
        // It is read for every request: a new one only has to be tried.
        supervisor.refresh();
        return;
      }
      keyChanges += 1;
      renewConnections();
    }),
    onSettingsChanged((changed) => {
      settings = changed;
      supervisor.setSettings(appSettings(changed));
      history.setBounds(historyBounds(changed));
      attention.setPatience(changed.local.restAfterMinutes * minuteMs);
      renewConnections();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      tellPlace(renewConnections);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => tellPlace()),
    computer,
    attention,
    owners,
    { dispose: logFirstNumbers(supervisor, clock, log) },
    editTimes,
    dashboards,
    workbench,
  );
  setImmediate(() => {
    // Which sandbox is the person's is asked with what is known of the place.
    tellPlace(renewConnections);
    keeper?.start();
  });
  return async () => {
    computer.dispose();
    await keeper?.close();
    await supervisor.dispose();
    await history.dispose();
    await connections.close();
    // Last of all: the others still have something to say.
    log.dispose();
  };
}
