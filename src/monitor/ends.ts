import type { Incident, IncidentCause } from '../model/incident.ts';
import type { Expiry, Phase } from '../model/sandbox.ts';
import { endedByKill, exitCodeInWords, readExitWords, withoutLogLines } from './exit-words.ts';

/** Everything that can help to say why a sandbox ended. */
export interface EndFacts {
  readonly sandboxName: string;
  readonly atMs: number;
  /** `gone`: the server does not know it any more; `state`: the server says it has ended. */
  readonly seen: 'gone' | 'state';
  readonly phase: Phase;
  readonly reason: string | null;
  readonly message: string | null;
  /** Diagnostics text that was read before it was gone, or null. */
  readonly diagnostics: string | null;
  readonly expiry: Expiry | null;
  /** The first deadline it had, when a later one replaced it. */
  readonly firstExpiresAtMs: number | null;
  /** When it was last seen alive: a list, a sample or an answer. */
  readonly lastAliveAtMs: number;
  /** Whether it was ever seen running. */
  readonly ran: boolean;
  /** We deleted it ourselves, or replaced it by a larger one. */
  readonly deletedByUs: boolean;
  /** The kernel's counter rose just before; null when it could not be read. */
  readonly oomCounterRose: boolean | null;
  /**
   * The kernel had killed in it, and it lived on: that its memory ran out may be said of that. Default: nothing is known of one.
   */
  readonly killedBefore?: boolean;
  /** Memory pressure of the last sample when that was fresh, else null. */
  readonly lastMemoryPressure: number | null;
}

/** Why it ended, and how sure that is. */
export interface EndFinding {
  readonly cause: IncidentCause;
  readonly certainty: Incident['certainty'];
  readonly exitCode: number | null;
  /** One sentence for people. */
  readonly text: string;
}

/** The server's clock and ours may differ by this much, and a removal takes a moment. */
const clockToleranceMs = 5_000;
/** Not seen alive for longer than this before the deadline: it may have been deleted earlier. */
const aliveGapMs = 60_000;
/** A last sample above this means that memory was at its limit. */
const atLimitPressure = 0.9;

const finding = (
  cause: IncidentCause,
  certainty: EndFinding['certainty'],
  exitCode: number | null,
  text: string,
): EndFinding => ({ cause, certainty, exitCode, text });

/** Other clocks only pause or put aside; what is gone then was probably something else's doing. */
const removes = (expiry: Expiry): boolean => expiry.action === 'delete' || expiry.action === 'stop';

const timeIsOver = (facts: EndFacts): boolean =>
  facts.expiry !== null && facts.expiry.expiresAtMs <= facts.atMs + clockToleranceMs;

/** Seen alive until about its first deadline and not after it. One that lived on had its extension, whatever ended it later. */
const endedAtFirstDeadline = ({ firstExpiresAtMs: first, atMs, lastAliveAtMs }: EndFacts): boolean =>
  first !== null &&
  first <= atMs + clockToleranceMs &&
  lastAliveAtMs >= first - aliveGapMs &&
  lastAliveAtMs <= first + clockToleranceMs;

/** @returns the deadline that ends which the clock has brought came at, or null when none of those that are known fits. */
export const deadlineBehind = (facts: EndFacts): number | null => {
  if (timeIsOver(facts)) return facts.expiry?.expiresAtMs ?? null;
  return endedAtFirstDeadline(facts) ? facts.firstExpiresAtMs : null;
};

type MemoryFacts = Pick<EndFacts, 'oomCounterRose' | 'killedBefore' | 'lastMemoryPressure'>;

const memoryWasAtLimit = (facts: MemoryFacts): boolean => (facts.lastMemoryPressure ?? 0) >= atLimitPressure;

/** Whether a kill that is told of can be no other than that of the main process. */
const isOwnKill = (facts: MemoryFacts): boolean => facts.killedBefore !== true || memoryWasAtLimit(facts);

/** @returns what it says of the end that the system calls the sandbox out of memory: null for nothing. */
const saidKill = (facts: MemoryFacts, exitCode: number | null): EndFinding['certainty'] | null => {
  if (!endedByKill(exitCode)) return null;
  if (isOwnKill(facts)) return 'certain';
  // Nobody watched, or it followed the other kill at once. Else it is known that memory was not short.
  return facts.lastMemoryPressure === null || facts.oomCounterRose === true ? 'probable' : null;
};

const percent = (share: number | null): string => `${Math.round((share ?? 0) * 100)} %`;

const vanished = (facts: EndFacts): EndFinding => {
  const { sandboxName: name, expiry } = facts;
  if (facts.deletedByUs) return finding('deleted', 'certain', null, `${name} was deleted from here.`);
  if (expiry !== null && timeIsOver(facts)) {
    const unseenMs = expiry.expiresAtMs - facts.lastAliveAtMs;
    return unseenMs <= aliveGapMs && expiry.certainty === 'known' && removes(expiry)
      ? finding(
          'expired',
          'certain',
          null,
          `${name} ran out of time: its deadline had passed and the server removed it.`,
        )
      : finding(
          'expired',
          'probable',
          null,
          `${name} probably ran out of time: its deadline has passed. It may also have been deleted before that.`,
        );
  }
  if (facts.phase === 'stopping') {
    return finding(
      'deleted',
      'certain',
      null,
      `${name} was deleted: the server was stopping it before its time was over.`,
    );
  }
  if (facts.oomCounterRose === true || memoryWasAtLimit(facts)) {
    return finding(
      'out-of-memory',
      'probable',
      null,
      `${name} probably ran out of memory: it vanished while its memory was at the limit (${percent(facts.lastMemoryPressure)}), before its time was over.`,
    );
  }
  if (endedAtFirstDeadline(facts)) {
    return finding(
      'expired',
      'probable',
      null,
      `${name} probably ended at its first deadline: the extension may have been lost in a restart of the server. Or somebody deleted it.`,
    );
  }
  return finding(
    'deleted',
    'probable',
    null,
    `${name} was probably deleted by somebody: the server does not know it any more and its time was not over.`,
  );
};

const probablyKilled = ({ sandboxName: name }: EndFacts, exitCode: number | null): EndFinding =>
  finding(
    'out-of-memory',
    'probable',
    exitCode,
    `${name} probably ran out of memory: the kernel had killed a process in it for that, and its main process ended later.`,
  );

/** @param told what the system says of memory: false, that it did not run out; else what that says of this end. */
const killed = (facts: EndFacts, exitCode: number, told: ReturnType<typeof saidKill> | false): EndFinding => {
  const { sandboxName: name } = facts;
  const denied = told === false;
  if (!denied && facts.oomCounterRose === true && isOwnKill(facts)) {
    return finding(
      'out-of-memory',
      'certain',
      exitCode,
      `${name} ran out of memory: the kernel's counter rose and its main process was killed.`,
    );
  }
  if (facts.deletedByUs) return finding('deleted', 'certain', exitCode, `${name} was deleted from here.`);
  if (timeIsOver(facts)) {
    return finding(
      'expired',
      'probable',
      exitCode,
      `${name} probably ran out of time: it was stopped (${exitCodeInWords(exitCode)}) when its deadline came.`,
    );
  }
  if (endedByKill(exitCode) && !denied && (facts.oomCounterRose === true || told === 'probable')) {
    return probablyKilled(facts, exitCode);
  }
  if (exitCode === 137 && !denied && memoryWasAtLimit(facts)) {
    return finding(
      'out-of-memory',
      'probable',
      exitCode,
      `${name} probably ran out of memory: its main process was killed (exit code 137) while memory stood at ${percent(facts.lastMemoryPressure)} of the limit.`,
    );
  }
  const doubt = denied ? 'the server says that it was not memory' : 'somebody stopped it, or memory ran out unseen';
  return finding(
    'crashed',
    'probable',
    exitCode,
    `The main process of ${name} was ended from outside (${exitCodeInWords(exitCode)}): ${doubt}.`,
  );
};

const stated = (facts: EndFacts): EndFinding => {
  const { sandboxName: name } = facts;
  const said = readExitWords(facts.reason, facts.message);
  const read = readExitWords(facts.diagnostics === null ? null : withoutLogLines(facts.diagnostics));
  const exitCode = said.exitCode ?? read.exitCode;
  const outOfMemory = said.outOfMemory ?? read.outOfMemory;
  // "CONTAINER_EXITED" is said for exit code 0 only; other servers may use this state for other ends.
  const success = /CONTAINER_EXITED\b|success/i.test(`${facts.reason ?? ''} ${facts.message ?? ''}`);
  const kill = outOfMemory === true ? saidKill(facts, said.exitCode ?? (success ? 0 : exitCode)) : null;
  if (kill === 'certain') {
    return finding('out-of-memory', 'certain', exitCode, `${name} ran out of memory and its main process was killed.`);
  }
  if (said.expired) return finding('expired', 'certain', exitCode, `${name} ran out of time.`);
  if (exitCode === 137 || exitCode === 143) {
    return killed(facts, exitCode, outOfMemory === false ? false : kill);
  }
  if (said.startFailure !== null) {
    return finding('start-failed', 'certain', exitCode, `${name} could not start: ${said.startFailure}.`);
  }
  // A kill that nobody here has seen may be what it ended of, or not.
  const other = outOfMemory === true && facts.killedBefore !== true;
  const more = other ? ' The kernel had killed a process in it, because memory ran out.' : '';
  if (exitCode === 0)
    return finding('exited', 'certain', 0, `The main process of ${name} ended by itself, without an error.${more}`);
  if (exitCode !== null) {
    return finding(
      'crashed',
      'certain',
      exitCode,
      `The main process of ${name} ended with ${exitCodeInWords(exitCode)}.${more}`,
    );
  }
  if (facts.deletedByUs) return finding('deleted', 'certain', null, `${name} was deleted from here.`);
  if (kill !== null) return probablyKilled(facts, null);
  if (said.trouble !== null) return finding('crashed', 'certain', null, `${name} failed: ${said.trouble}.`);
  if (facts.phase === 'terminated') {
    if (timeIsOver(facts))
      return finding('expired', 'probable', null, `${name} probably ran out of time: it ended when its deadline came.`);
    return success
      ? finding('exited', 'certain', 0, `The main process of ${name} ended by itself, without an error.`)
      : finding('exited', 'probable', null, `${name} ended; the server gives no exit code.`);
  }
  if (!facts.ran)
    return finding(
      'start-failed',
      'probable',
      null,
      `${name} probably could not start: ${facts.message ?? facts.reason ?? 'the server gives no reason'}.`,
    );
  return finding(
    'crashed',
    'probable',
    null,
    `${name} failed: ${facts.message ?? facts.reason ?? 'the server gives no reason'}.`,
  );
};

/** Says why a sandbox ended (facts: observed causes and what tells them apart). "Probably" wherever another reading is left. */
export const classifyEnd = (facts: EndFacts): EndFinding => (facts.seen === 'gone' ? vanished(facts) : stated(facts));

/**
 * @param name which it probably were: the kernel counts its kills and does not name them. Null when nothing is known of them.
 * @param isPart there were others too
 * @returns what to say when the kernel killed a process and the sandbox lives on.
 */
export const childKilled = (sandboxName: string, kills: number, name: string | null, isPart = false): EndFinding => {
  const who = kills === 1 ? 'a process' : `${kills} processes`;
  const probably = name === null ? who : `${who}, ${isPart ? 'among them ' : ''}probably ${name}`;
  const text = `Memory ran out in ${sandboxName}: the kernel killed ${probably}. The sandbox itself lives on.`;
  return finding('out-of-memory-child', 'certain', null, text);
};

/** What is known of a sandbox that ran and is said to come up again. */
export interface InterruptionFacts extends MemoryFacts, Pick<EndFacts, 'sandboxName'> {
  /** The server's own word and reason. */
  readonly rawState: string;
  readonly reason: string | null;
  /** Diagnostics read since, or null. */
  readonly diagnostics: string | null;
  readonly runsAgain: boolean;
  /** The server did not tell of it: its processes are others now. Default: it did. */
  readonly seenByProcesses?: boolean;
}

/** @returns what to say when it stopped or was started anew: the server does not tell which, nor why. */
export const interrupted = (facts: InterruptionFacts): EndFinding => {
  const { sandboxName: name, rawState, reason, runsAgain, seenByProcesses = false } = facts;
  const said = readExitWords(facts.diagnostics === null ? null : withoutLogLines(facts.diagnostics));
  // A code of 0 proves nothing: the text also names the containers that only prepare a pod.
  const exitCode = said.exitCode === 0 ? null : said.exitCode;
  const called = `the server calls it ${rawState}${reason === null ? '' : ` (${reason})`}`;
  const since = runsAgain
    ? 'It runs again; its processes are new, and files outside its volumes may be those it began with.'
    : 'It may run again by itself, or stay like that.';
  const unsaid = `was restarted, as its processes show; the server, which calls it ${rawState}, did not tell.`;
  const what = seenByProcesses ? `it ${unsaid}` : `it stopped or was restarted, and ${called}.`;
  const kill = said.outOfMemory === true ? saidKill(facts, exitCode) : null;
  if (kill === 'certain')
    return finding('out-of-memory', 'certain', exitCode, `${name} ran out of memory: ${what} ${since}`);
  const full = said.outOfMemory !== false && (facts.oomCounterRose === true || memoryWasAtLimit(facts));
  if (full || kill !== null)
    return finding('out-of-memory', 'probable', exitCode, `${name} probably ran out of memory: ${what} ${since}`);
  const code = exitCode === null ? '' : ` Its diagnostics name ${exitCodeInWords(exitCode)}.`;
  const seen = seenByProcesses ? unsaid : `stopped or was restarted: it ran, nobody here paused it, and ${called}.`;
  const text = `${name} ${seen}${code} ${since}`;
  return finding('crashed', 'probable', exitCode, text);
};

/** @returns what to say when the sandbox runs but its agent is dead. */
export const agentDown = (sandboxName: string, memoryWasFull: boolean): EndFinding =>
  finding(
    'agent-down',
    'certain',
    null,
    memoryWasFull
      ? `The agent in ${sandboxName} is dead while the sandbox runs; memory was at its limit, so it was probably killed for that.`
      : `The agent in ${sandboxName} is dead while the sandbox runs. It cannot be watched or used until it is started again.`,
  );
