import type { FixId, FixOffer, FixRisk, ProcessTarget } from '../model/fix.ts';
import { fixTitles } from '../model/fix-title.ts';
import type { Forecast } from '../model/forecast.ts';
import type { Incident } from '../model/incident.ts';
import type { ProcessReading } from '../model/sample.ts';
import { isEnded, type Sandbox } from '../model/sandbox.ts';
import { atLeast, type WarningLevel } from '../model/warning.ts';

/** What is looked at to choose fixes. */
export interface FixSituation {
  readonly sandbox: Sandbox;
  readonly leading: Forecast | null;
  readonly level: WarningLevel;
  readonly processes: readonly ProcessReading[];
  /** What provider and editor can do at all. */
  readonly supports: readonly FixId[];
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

/** The risk of each action, the same wherever it is offered. */
export const fixRisks: Readonly<Record<FixId, FixRisk>> = {
  extend: 'safe',
  snapshot: 'safe',
  endProcess: 'confirm',
  recreateLarger: 'destructive',
  pause: 'confirm',
  resume: 'safe',
  delete: 'destructive',
  openTerminal: 'safe',
  showDetails: 'safe',
};

/** A process must hold at least this share of the used memory before ending it is offered unasked. */
const worthEndingShare = 0.3;
/** Long names are cut, so that the button stays readable. */
const nameCharacters = 14;
/** Ending these ends the sandbox or the connection to it. */
const untouchable: ReadonlySet<string> = new Set([
  'execd',
  'bootstrap.sh',
  'tini',
  'dumb-init',
  'docker-init',
  'systemd',
]);

const fits = (id: FixId, { phase, expiry }: Sandbox): boolean => {
  switch (id) {
    case 'extend':
      return expiry !== null && expiry.extendedBy !== 'nothing' && !isEnded(phase) && phase !== 'stopping';
    case 'resume':
      return phase === 'paused' || phase === 'hibernated';
    case 'delete':
      return phase !== 'stopping';
    case 'showDetails':
      return true;
    case 'snapshot':
    case 'endProcess':
    case 'recreateLarger':
    case 'pause':
    case 'openTerminal':
      return phase === 'running';
  }
};

/** @returns those of `supports` that make sense in the sandbox's present phase, in the same order. */
export const actionsFor = (sandbox: Sandbox, supports: readonly FixId[]): readonly FixId[] =>
  supports.filter((id) => fits(id, sandbox));

/** Whether a process may be offered for ending: never the first one, and nothing that holds the sandbox together. */
export const mayEnd = (target: ProcessTarget): boolean => target.pid > 1 && !untouchable.has(target.name);

const offer = (id: FixId, reason: string): FixOffer => ({
  id,
  title: fixTitles[id],
  risk: fixRisks[id],
  reason,
  target: null,
});

const inMebibytes = (bytes: number): string =>
  bytes >= 10 * 1024 ** 2 ? `${Math.round(bytes / 1024 ** 2)} MiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

/** Ends the process that grows, else the largest one if it holds a real part of the memory. */
const endOffer = (leading: Forecast, processes: readonly ProcessReading[]): FixOffer | null => {
  const grower = leading.grower;
  const largest = processes.filter(mayEnd).toSorted((a, b) => b.rssBytes - a.rssBytes)[0];
  const byMemory = leading.signal === 'memory' || leading.signal === 'heap' || leading.signal === 'swap';
  let target: ProcessTarget | null = null;
  let reason = '';
  if (grower !== null && mayEnd(grower)) {
    target = { pid: grower.pid, name: grower.name };
    reason = `It grows by ${inMebibytes(grower.bytesPerSecond)} a second.`;
  } else if (byMemory && largest !== undefined && largest.rssBytes >= worthEndingShare * leading.used) {
    target = { pid: largest.pid, name: largest.name };
    reason = `It is the largest process, with ${inMebibytes(largest.rssBytes)}.`;
  }
  if (target === null) return null;
  const name = target.name.length > nameCharacters ? `${target.name.slice(0, nameCharacters - 1)}…` : target.name;
  return { ...offer('endProcess', reason), title: `End ${name} (pid ${target.pid})`, target };
};

const againstSignal = (leading: Forecast, processes: readonly ProcessReading[]): readonly (FixOffer | null)[] => {
  switch (leading.signal) {
    case 'memory':
    case 'swap':
    case 'heap':
      return [
        endOffer(leading, processes),
        // The limit that a process set itself does not grow with the sandbox.
        leading.signal === 'heap' ? null : offer('recreateLarger', 'A new sandbox from a snapshot, with more memory.'),
        offer('snapshot', 'Keeps the files as they are now; running processes are not kept.'),
        offer('openTerminal', 'To see for yourself what uses the memory.'),
      ];
    case 'expiry':
      return [
        offer('extend', 'Moves the deadline, so that it goes on running.'),
        offer('snapshot', 'Keeps the files beyond the end; running processes are not kept.'),
      ];
    case 'disk':
    case 'inodes':
      return [
        offer('openTerminal', 'To find and remove what fills the disk.'),
        offer('snapshot', 'Keeps the files as they are now.'),
      ];
    case 'pids':
    case 'fds':
      return [endOffer(leading, processes), offer('openTerminal', 'To see which process holds them.')];
    case 'cpu':
    case 'responsiveness':
    case 'restarts':
      // Slow is not broken: nothing is ended for it.
      return [offer('openTerminal', 'To see what is busy.')];
  }
};

const afterIncident = (incident: Incident | undefined): readonly FixOffer[] => {
  switch (incident?.cause) {
    case 'out-of-memory-child':
      return [
        offer('recreateLarger', 'Its memory was too small once already.'),
        offer('openTerminal', 'To see what is left running.'),
      ];
    case 'agent-down':
      return [
        offer('snapshot', 'Keeps the files; the server can do that without the agent.'),
        offer('recreateLarger', 'A new sandbox from a snapshot has a working agent.'),
        offer('delete', 'It cannot be used without its agent.'),
      ];
    case 'out-of-memory':
    case 'crashed':
    case 'exited':
    case 'start-failed':
      return [offer('delete', 'It has ended; this removes what is left of it on the server.')];
    default:
      return [];
  }
};

/** @returns the fixes against what is coming or has happened, best first; every action at most once. */
export const offerFixes = (situation: FixSituation): readonly FixOffer[] => {
  const { sandbox, leading, level, processes, supports, incidents } = situation;
  const possible = new Set(actionsFor(sandbox, supports));
  const wished = [
    offer('resume', 'It is paused and does nothing until then.'),
    ...(leading !== null && atLeast(level, 'watch') ? againstSignal(leading, processes) : []),
    ...afterIncident(incidents[0]),
    offer('showDetails', 'Everything that is known of it.'),
  ];
  const offers = new Map<FixId, FixOffer>();
  for (const each of wished) {
    if (each !== null && possible.has(each.id) && !offers.has(each.id)) offers.set(each.id, each);
  }
  return [...offers.values()];
};
