import type { ProcessExited } from '../model/events.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { childKilled, type EndFinding } from './ends.ts';
import type { IncidentDesk } from './incident-desk.ts';

/** What happens within this time of a kill is one break with it. */
export const sameBreakMs = 10_000;
const keptCommands = 5;
/** A kill this soon after the last one is one more of the same story, which is told anew when it has lasted so long. */
const nextKillMs = 60_000;
const longestStoryMs = 5 * 60_000;
/** Each telling carries the readings of ten minutes. */
const tellEveryMs = 60_000;
/** The newest ones; a worker that is started again and again has many. */
const namedProcesses = 3;

interface Story {
  readonly incidentId: string;
  readonly firstAtMs: number;
  lastAtMs: number;
  kills: number;
  /** A process says more than the command it belonged to. */
  processes: readonly string[];
  /** How many of `kills` are known by name. */
  named: number;
  command: string | null;
  /** How many there had been when the command was found. */
  commandKills: number;
  toldAtMs: number;
  isTold: boolean;
}

/** An incident of a kill, and what it says. */
export interface ToldKill {
  readonly incidentId: string;
  readonly finding: EndFinding;
}

/**
 * The last time the kernel killed processes in one sandbox that lived on: one, or some that follow each other. The kernel does not tell
 * which: a process that is missing or a command that ended so gives the kill its probable name, before or after.
 */
export class KilledChild {
  readonly #incidents: IncidentDesk;
  #story: Story | null = null;
  /** Commands that a terminal or task said were killed. */
  #commands: readonly { readonly key: string; readonly atMs: number }[] = [];

  constructor(incidents: IncidentDesk) {
    this.#incidents = incidents;
  }

  /** The kernel's count rose by `kills`. */
  killed(sandbox: Sandbox, atMs: number, kills: number): void {
    const story = this.#goesOn(atMs);
    const finding = childKilled(sandbox.name, kills, null);
    // One that was warned of has its own lead to tell.
    if (story === null || this.#incidents.breaks(finding, atMs)?.warnedAtMs != null) {
      this.tell();
      const { id } = this.#incidents.open(finding, { sandbox, atMs });
      const times = { firstAtMs: atMs, lastAtMs: atMs, toldAtMs: atMs, isTold: true };
      this.#story = { incidentId: id, kills, processes: [], named: 0, command: null, commandKills: 0, ...times };
    } else {
      story.kills += kills;
      story.lastAtMs = atMs;
      story.isTold = false;
      this.#correct(sandbox, story);
      this.passTime(atMs);
    }
    this.#nameByCommand(sandbox);
  }

  /** @returns the present story, if a kill now is one more of it. */
  #goesOn(atMs: number): Story | null {
    const story = this.#story;
    if (story === null || this.#incidents.find(story.incidentId) === null) return null;
    const isSoon = Math.abs(atMs - story.lastAtMs) <= nextKillMs;
    return isSoon && Math.abs(atMs - story.firstAtMs) <= longestStoryMs ? story : null;
  }

  /** Processes that ended when the kernel killed as many: they are the probable ones. */
  missing(sandbox: Sandbox, exited: readonly ProcessExited[]): void {
    const story = this.#story;
    const [first] = exited;
    if (story === null || first === undefined || story.named + exited.length > story.kills) return;
    if (!this.#isNear(story, first.atMs)) return;
    const names = exited.map(({ name, pid }) => `${name} (pid ${pid})`);
    story.processes = [...story.processes, ...names].slice(-namedProcesses);
    story.named += exited.length;
    this.#correct(sandbox, story);
  }

  /** A command ended with the exit code of a kill. @param key the command without what may be secret in it. */
  command(sandbox: Sandbox, key: string, atMs: number): void {
    this.#commands = [...this.#commands, { key, atMs }].slice(-keptCommands);
    this.#nameByCommand(sandbox);
  }

  /** While no process is known to be missing, the one command that was killed in those seconds says at least where it was. */
  #nameByCommand(sandbox: Sandbox): void {
    const story = this.#story;
    if (story === null || story.command !== null || story.processes.length > 0) return;
    const near = this.#commands.filter(({ atMs }) => this.#isNear(story, atMs));
    const [only] = near;
    if (only === undefined || near.length > 1) return;
    story.command = only.key;
    story.commandKills = story.kills;
    this.#correct(sandbox, story);
  }

  #finding({ name }: Sandbox, { kills, processes, command, commandKills }: Story): EndFinding {
    const probably = command === null ? null : `of the command ${command}, which ended with 137`;
    if (processes.length === 0) return childKilled(name, kills, probably, kills > commandKills);
    return childKilled(name, kills, processes.join(' and '), kills > processes.length);
  }

  /** The first kill is told at once, and its name; of those that follow, how many there were is told now and then. */
  #correct(sandbox: Sandbox, story: Story): void {
    this.#incidents.correct(story.incidentId, this.#finding(sandbox, story), {}, story.isTold);
  }

  /** Lets time pass: what is not told yet is told when it is time to. */
  passTime(nowMs: number): void {
    const story = this.#story;
    if (story === null || story.isTold || Math.abs(nowMs - story.toldAtMs) < tellEveryMs) return;
    story.toldAtMs = nowMs;
    this.tell();
  }

  /** Tells what is not told yet. */
  tell(): void {
    const story = this.#story;
    if (story === null || story.isTold) return;
    story.isTold = true;
    this.#incidents.tellAgain(story.incidentId);
  }

  /** @returns the kill with which this break began, so that both are one; null when it began otherwise. */
  beganWith(sandbox: Sandbox, finding: EndFinding, atMs: number): ToldKill | null {
    const story = this.#story;
    if (finding.cause !== 'out-of-memory' || story === null || Math.abs(atMs - story.firstAtMs) > sameBreakMs)
      return null;
    return { incidentId: story.incidentId, finding: this.#finding(sandbox, story) };
  }

  forget(): void {
    this.tell();
    this.#story = null;
  }

  #isNear(story: Story, atMs: number): boolean {
    return Math.abs(atMs - story.lastAtMs) <= sameBreakMs;
  }
}
