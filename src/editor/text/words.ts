import type { FixOutcome, FixRisk } from '../../model/fix.ts';
import type { IncidentCause } from '../../model/incident.ts';
import type { ProblemKind } from '../../model/problem.ts';
import type { SampleSource } from '../../model/sample.ts';
import { type Expiry, isEnded, type Phase, type Sandbox } from '../../model/sandbox.ts';
import type { SignalName } from '../../model/signal.ts';
import type { SandboxView, ServerView } from '../../model/view.ts';
import type { WarningLevel } from '../../model/warning.ts';

/** The signal in a sentence or a tree row. */
export const signalWords: Record<SignalName, string> = {
  memory: 'Memory',
  heap: 'Heap',
  swap: 'Swap',
  disk: 'Disk',
  inodes: 'Inodes',
  pids: 'Processes',
  fds: 'Open files',
  expiry: 'Time',
  cpu: 'CPU',
  responsiveness: 'Responsiveness',
  restarts: 'Restarts',
};

/** The signal in the status bar, where room is short. */
export const signalShortWords: Record<SignalName, string> = {
  memory: 'mem',
  heap: 'heap',
  swap: 'swap',
  disk: 'disk',
  inodes: 'inodes',
  pids: 'procs',
  fds: 'files',
  expiry: 'time',
  cpu: 'cpu',
  responsiveness: 'reply',
  restarts: 'restarts',
};

/** Icon of a signal; every icon stands beside its word. */
export const signalIcons: Record<SignalName, string> = {
  memory: 'chip',
  heap: 'circuit-board',
  swap: 'arrow-swap',
  disk: 'database',
  inodes: 'files',
  pids: 'list-tree',
  fds: 'file-submodule',
  expiry: 'watch',
  cpu: 'dashboard',
  responsiveness: 'radio-tower',
  restarts: 'debug-restart',
};

/** The phase for people. */
export const phaseWords: Record<Phase, string> = {
  creating: 'creating',
  starting: 'starting',
  running: 'running',
  interrupted: 'stopped or restarting',
  pausing: 'pausing',
  paused: 'paused',
  resuming: 'resuming',
  hibernated: 'hibernated',
  archived: 'archived',
  stopping: 'stopping',
  terminated: 'ended',
  failed: 'failed',
  unknown: 'state unknown',
};

/** @returns the phase for people; a state that this version does not know is shown as the provider calls it. */
export const phaseText = ({ phase, rawState }: Pick<Sandbox, 'phase' | 'rawState'>): string =>
  phase === 'unknown' ? `${rawState} (a state not known here)` : phaseWords[phase];

/** Whether the provider's own word says what the phase says already. */
export const isSameWord = ({ phase, rawState }: Pick<Sandbox, 'phase' | 'rawState'>): boolean =>
  phase === 'unknown' || phaseWords[phase] === rawState.toLowerCase();

/** @returns the phase with the provider's own word for it, where that is another one: `ended (Terminated)`, `running`. */
export const phaseAndRaw = (state: Pick<Sandbox, 'phase' | 'rawState'>): string =>
  isSameWord(state) ? phaseText(state) : `${phaseText(state)} (${state.rawState})`;

/** Icon of a phase. */
export const phaseIcons: Record<Phase, string> = {
  creating: 'loading~spin',
  starting: 'loading~spin',
  running: 'vm-running',
  interrupted: 'debug-restart',
  pausing: 'debug-pause',
  paused: 'debug-pause',
  resuming: 'loading~spin',
  hibernated: 'moon',
  archived: 'archive',
  stopping: 'debug-stop',
  terminated: 'circle-slash',
  failed: 'error',
  unknown: 'question',
};

/** What becomes of a sandbox whose time is over. */
export const expiryWords: Record<Expiry['action'], string> = {
  delete: 'deleted',
  stop: 'stopped',
  pause: 'paused',
  hibernate: 'hibernated',
  archive: 'archived',
};

/** How a sandbox ended, in two or three words. */
export const causeWords: Record<IncidentCause, string> = {
  expired: 'time was over',
  deleted: 'deleted',
  exited: 'exited',
  crashed: 'crashed',
  'out-of-memory': 'out of memory',
  'out-of-memory-child': 'process killed, out of memory',
  'start-failed': 'did not start',
  'agent-down': 'agent does not answer',
};

/** What became of a fix. */
export const resultWords: Record<FixOutcome['result'], string> = {
  worked: 'worked',
  'did-not-work': 'did not work',
  'cannot-tell': 'cannot be told',
  cancelled: 'cancelled',
  failed: 'failed',
};

/** How it ended, as far as that is known: `probably out of memory`; or null. */
export function endingWords({ incidents }: Pick<SandboxView, 'incidents'>): string | null {
  const ending = incidents.find(({ endsSandbox }) => endsSandbox);
  return ending === undefined
    ? null
    : `${ending.certainty === 'probable' ? 'probably ' : ''}${causeWords[ending.cause]}`;
}

/** It runs, and the agent in it does not answer: nothing can be done in it, and nothing that was measured is true any more. */
export const isAgentDown = ({ link, sandbox }: Pick<SandboxView, 'link' | 'sandbox'>): boolean =>
  link.problem === 'agent-down' && !isEnded(sandbox.phase);

/** No numbers come: those there are, are the last ones. */
export const isOld = ({ link }: Pick<SandboxView, 'link'>): boolean => link.state !== 'live';

/** Beside the button of a fix; empty where it runs at once. */
export const askWords: Record<FixRisk, string> = {
  safe: '',
  confirm: 'asks first',
  destructive: 'asks first; something is lost',
};

/** What is wrong with a server, in the words that follow its name. */
const serverProblemWords: Record<ProblemKind, string> = {
  unreachable: 'unreachable',
  timeout: 'does not answer in time',
  aborted: 'not asked',
  unauthorized: 'key refused',
  forbidden: 'key refused',
  'not-found': 'is not what was expected',
  conflict: 'refused the call',
  'invalid-request': 'cannot be used as it is set',
  'rate-limited': 'asks for fewer calls',
  'server-error': 'does not answer well',
  'not-supported': 'cannot do this',
  'unexpected-answer': 'is not what was expected',
  'too-large': 'does not answer well',
  reset: 'cut the connection',
  'clean-end': 'ended the connection',
  silent: 'does not answer',
  paused: 'is paused',
  'agent-down': 'does not answer',
  'needs-consent': 'needs your answer',
  'unavailable-here': 'cannot be used here',
};

/** @returns how a server is, in a few words: `healthy`, `unreachable`, `key refused`. */
export function serverWord(server: ServerView): string {
  if (server.problem !== null) return serverProblemWords[server.problem];
  return server.state === 'down' ? 'unreachable' : server.state === 'degraded' ? 'does not answer well' : server.state;
}

const addressProblems: ReadonlySet<ProblemKind> = new Set(['unreachable', 'timeout', 'not-found', 'unexpected-answer']);

/** Whether another address may be what helps. */
export const mayBeAddress = ({ provider, problem }: ServerView): boolean =>
  provider !== 'local' && problem !== null && addressProblems.has(problem);

/** The warning level in words, so that no colour stands alone. */
export const levelWords: Record<WarningLevel, string> = {
  calm: 'calm',
  watch: 'watching',
  warn: 'warning',
  critical: 'critical',
};

const machineSignals: readonly SignalName[] = ['memory', 'swap', 'cpu'];

/** Whether a number is the whole machine's. Disks, processes and open files are counted where the sandbox has them. */
export const isOfMachine = ({ sampleSource }: Pick<SandboxView, 'sampleSource'>, signal: SignalName): boolean =>
  sampleSource === 'machine' && machineSignals.includes(signal);

/** Where the numbers come from. */
export const sourceWords: Record<SampleSource, string> = {
  cgroup: "the sandbox's own cgroup",
  machine: 'the whole machine, not this sandbox',
  prometheus: 'Prometheus',
  'metrics-api': 'the metrics API',
};
