/** Starts code-server: VS Code's server, with a Node.js extension host, for a workbench in the browser. scripts/editor.mjs installs it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const here = import.meta.dirname;
/** Whether this run is about the oldest supported version ($FORESIGHT_OLDEST_EDITOR, set by the task). */
export const oldestWanted = process.env['FORESIGHT_OLDEST_EDITOR'] === '1';

/** User settings of every test: no welcome pages, no chat, nothing that asks the network. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.hover.delay': 100,
  'workbench.reduceMotion': 'on',
  'workbench.colorTheme': 'Default Dark Modern',
  'window.autoDetectColorScheme': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'telemetry.feedback.enabled': false,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'files.hotExit': 'off',
  // Else, after some 50 seconds, a warning that many ports were forwarded: those of other programs on the machine.
  'remote.autoForwardPorts': false,
  'remote.restoreForwardedPorts': false,
  'terminal.integrated.gpuAcceleration': 'off',
  // The place the tests run in is of no interest, except to the tests of just that: they take this away.
  'sandboxForesight.local.enabled': false,
};

/** The environment of the server, and so of the extension host: what the person's shell says about editors and sandboxes stays out. */
function serverEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VSCODE_|VITEST|ELECTRON_|OPEN_?SANDBOX_|CODE_SERVER_)/.test(name) &&
      !['PORT', 'PASSWORD', 'HASHED_PASSWORD', 'NODE_OPTIONS', 'NODE_ENV', 'TEST', 'DEV', 'PROD', 'MODE'].includes(
        name,
      ),
  );
  // An empty gallery: the workbench then has no marketplace to ask.
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: '{}', ...extra };
}

export interface EditorOptions {
  /** Extensions to install first. */
  readonly vsix?: readonly string[];
  /** Added to the environment of the extension host (and of its terminals). */
  readonly env?: Readonly<Record<string, string>>;
  /** User settings on top of the quiet ones. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** More arguments for code-server, as `['--log', 'trace']`. */
  readonly args?: readonly string[];
  /** The oldest supported version; the default is oldestWanted. */
  readonly oldest?: boolean;
  /** The port; the default is a free one. */
  readonly port?: number;
  /** Keep user data and logs after stop(), for a look by hand. */
  readonly keepDir?: boolean;
}

export interface Editor {
  /** Holds `ud` (user data), `ext` (installed extensions) and `server.log`. */
  readonly dir: string;
  readonly userDataDir: string;
  readonly port: number;
  /** `127.0.0.1:port`, as in URIs of the remote scheme. */
  readonly authority: string;
  readonly oldest: boolean;
  /** The process that guards the server; its end is the server's end. */
  readonly server: ChildProcess;
  /** Ends the server and everything it started, and removes `dir`. May be called twice. */
  stop(): Promise<void>;
}

/** Starts code-server with fresh user data on 127.0.0.1. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const oldest = options.oldest ?? oldestWanted;
  const { node, entry } = editorProgram(oldest);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ed-')); // short: a unix socket goes in here
  const userDataDir = path.join(dir, 'ud');
  fs.mkdirSync(path.join(userDataDir, 'User'), { recursive: true });
  const settings = { ...quietSettings, ...options.userSettings };
  fs.writeFileSync(path.join(userDataDir, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  const env = serverEnvironment(options.env ?? {});
  const common = ['--config', path.join(dir, 'config.yaml'), '--user-data-dir', userDataDir];
  common.push('--extensions-dir', path.join(dir, 'ext'));
  for (const file of options.vsix ?? []) {
    await promisify(execFile)(node, [entry, ...common, '--install-extension', path.resolve(file), '--force'], { env });
  }
  const port = options.port ?? (await freePort());
  const quiet = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'];
  quiet.push('--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened');
  // Without it every closed page leaves its extension host alive for hours. The old version does not know the flag.
  if (!oldest) quiet.push('--reconnection-grace-time', '5');
  const logFile = path.join(dir, 'server.log');
  const log = fs.openSync(logFile, 'w');
  const command = [path.join(here, 'guard.mjs'), node, entry, ...common, ...quiet, ...(options.args ?? [])];
  const server = spawn(process.execPath, command, { env, stdio: ['pipe', log, log] });
  fs.closeSync(log);
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.stdin?.end();
      await exited;
    }
    if (!options.keepDir) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await answers(`http://127.0.0.1:${port}/healthz`, server);
  } catch (error) {
    const said = fs.readFileSync(logFile, 'utf8').slice(-2000);
    await stop();
    throw new Error(`code-server did not start: ${said}`, { cause: error });
  }
  return { dir, userDataDir, port, authority: `127.0.0.1:${port}`, oldest, server, stop };
}

function editorProgram(oldest: boolean): { node: string; entry: string } {
  const folder = oldest ? path.join(here, 'oldest') : here;
  const entry = path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  if (!fs.existsSync(path.join(folder, 'node_modules', '.sandbox-foresight-installed'))) {
    throw new Error(`code-server is not installed; run "npm run test:editor${oldest ? ' -- --oldest' : ''}" once`);
  }
  // The old server's native parts are for Node.js 22; the new one runs on the project's own.
  const packaged = path.join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  return { node: oldest && fs.existsSync(packaged) ? packaged : process.execPath, entry };
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      await response.arrayBuffer();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadlineMs) throw error;
    }
    await delay(100);
  }
}

/** What the extension host said, as a failed activation. */
export function extensionHostLog(editor: Editor): string {
  return logFiles(editor, (file) => path.basename(file) === 'remoteexthost.log');
}

/**
 * The text of an extension's output channel, from the log file the workbench shows it from; '' while there is none.
 * A log channel holds what its level lets through: info, or what `args: ['--log', 'trace']` says.
 */
export function outputText(editor: Editor, channel: string): string {
  const name = channel.toLowerCase();
  return logFiles(editor, (file) => {
    const base = path.basename(file, '.log').toLowerCase();
    return path.dirname(file).includes(`${path.sep}exthost`) && (base === name || base.replace(/^\d+-/, '') === name);
  });
}

function logFiles(editor: Editor, wanted: (file: string) => boolean): string {
  const logs = path.join(editor.userDataDir, 'logs');
  if (!fs.existsSync(logs)) return '';
  const files = fs.readdirSync(logs, { recursive: true, encoding: 'utf8' }).map((file) => path.join(logs, file));
  return files
    .filter((file) => file.endsWith('.log') && wanted(file))
    .sort()
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('');
}
