import type { Clock } from '../../model/ports.ts';
import type { Phase, Sandbox } from '../../model/sandbox.ts';
import { phaseOf } from './states.ts';

/** An agent takes a second to listen after its sandbox is said to run, on a slow machine many. */
const startingMs = 30_000;
/** An answer that was on its way when a snapshot was ready may still tell of the pause for it. */
const lateMs = 2000;

interface Saving {
  /** Snapshots under way. */
  readonly open: number;
  /** When the last one ended. */
  readonly endedAtMs: number | null;
}

const runs = (phase: Phase): boolean => phase === 'running' || phase === 'unknown';
const rests = (phase: Phase): boolean => phase === 'paused' || phase === 'pausing';

/**
 * When the silence of an agent means nothing: it is still starting, or its sandbox is frozen for a snapshot that was asked for from here. A
 * server says "running" before the agent listens, and "paused" while it saves the files.
 */
export class AgentLife {
  readonly #clock: Clock;
  readonly #answered = new Set<string>();
  /** When each was seen to begin to run, on this computer's clock: that of the server may be another one. */
  readonly #beganAtMs = new Map<string, number>();
  /** What ran in the last list; null before there was one. */
  #ran: ReadonlySet<string> | null = null;
  readonly #saving = new Map<string, Saving>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be told of every complete list. */
  see(sandboxes: readonly Sandbox[]): void {
    const running = new Set(sandboxes.filter(({ phase }) => runs(phase)).map(({ id }) => id));
    for (const id of running) if (this.#ran?.has(id) === false) this.#beganAtMs.set(id, this.#clock.now());
    this.#ran = running;
    // Who runs again has an agent that starts again.
    for (const id of [...this.#answered, ...this.#beganAtMs.keys()]) {
      if (running.has(id)) continue;
      this.#answered.delete(id);
      this.#beganAtMs.delete(id);
    }
    const ids = new Set(sandboxes.map(({ id }) => id));
    for (const [id, { open }] of this.#saving) if (open === 0 && !ids.has(id)) this.#saving.delete(id);
  }

  /** It was made or resumed from here. */
  begins(sandboxId: string): void {
    this.#answered.delete(sandboxId);
    this.#beganAtMs.set(sandboxId, this.#clock.now());
  }

  /** Its agent gave a sign of life. */
  answers(sandboxId: string): void {
    this.#answered.add(sandboxId);
  }

  /** Whether its agent never answered and may still be on its way. */
  isStarting({ id, phase, createdAtMs }: Sandbox): boolean {
    if (this.#answered.has(id) || !runs(phase)) return false;
    return this.#isNear(createdAtMs, startingMs) || this.#isNear(this.#beganAtMs.get(id) ?? null, startingMs);
  }

  /** Compared in both directions: a clock that was set back does not make it longer, and that of the server may be ahead. */
  #isNear(atMs: number | null, ms: number): boolean {
    return atMs !== null && Math.abs(this.#clock.now() - atMs) < ms;
  }

  /** A snapshot of it is asked for. @returns to be called when that is over. */
  saves(sandboxId: string): () => void {
    // One that rests already is paused for another reason.
    if (this.#ran?.has(sandboxId) === false) return () => undefined;
    const change = (by: number, endedAtMs: number | null): void => {
      this.#saving.set(sandboxId, { open: (this.#saving.get(sandboxId)?.open ?? 0) + by, endedAtMs });
    };
    change(1, null);
    return () => change(-1, this.#clock.now());
  }

  /** It is paused from here, and that is meant. */
  rests(sandboxId: string): void {
    if (this.#saving.get(sandboxId)?.open === 0) this.#saving.delete(sandboxId);
  }

  isSaved(sandboxId: string): boolean {
    const saving = this.#saving.get(sandboxId);
    return saving !== undefined && (saving.open > 0 || this.#isNear(saving.endedAtMs, lateMs));
  }

  /** Whether it is paused for a snapshot, and for nothing else. */
  isFrozen({ id, rawState, reason }: Sandbox): boolean {
    return rests(phaseOf(rawState, reason)) && this.isSaved(id);
  }

  /** The server calls one that it saves paused; it goes on by itself and nobody can resume it. */
  asSeen(sandbox: Sandbox): Sandbox {
    return rests(sandbox.phase) && this.isSaved(sandbox.id) ? { ...sandbox, phase: 'running' } : sandbox;
  }
}
