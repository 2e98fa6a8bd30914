import type { Warning } from '../model/warning.ts';

/** Warnings that come together are one message. */
const gatherMs = 10_000;
/** One message in this time, however many sandboxes there are. */
const periodMs = 10 * 60_000;
const mostWaiting = 1_000;

const isLoud = ({ outcome, warnedAtMs, criticalAtMs }: Warning): boolean =>
  outcome === 'open' && (warnedAtMs !== null || criticalAtMs !== null);

/**
 * The warnings of sandboxes that are not the person's own. They are told together, at most once in ten minutes, and each once; one that
 * is over before is not told at all.
 */
export class OtherWarnings {
  readonly #waiting = new Map<string, Warning>();
  /** Those told that are open still, with their sandboxes. */
  readonly #told = new Map<string, string>();
  #firstAtMs: number | null = null;
  #quiet: { readonly fromMs: number; readonly untilMs: number } | null = null;

  /** The newest state of one of them. */
  take(warning: Warning, nowMs: number): void {
    const { id } = warning;
    if (!isLoud(warning)) {
      this.#waiting.delete(id);
      if (warning.outcome !== 'open') this.#told.delete(id);
      return;
    }
    if (this.#told.has(id)) return;
    if (this.#waiting.size === 0) this.#firstAtMs = nowMs;
    if (this.#waiting.has(id) || this.#waiting.size < mostWaiting) this.#waiting.set(id, warning);
  }

  /** It is told by itself from now on: this is its newest state. */
  leave({ id, outcome }: Warning): void {
    this.#waiting.delete(id);
    if (outcome !== 'open') this.#told.delete(id);
  }

  /** The sandbox is over, or not known any more. */
  drop(sandboxId: string): void {
    for (const [id, warning] of this.#waiting) if (warning.sandboxId === sandboxId) this.#waiting.delete(id);
    for (const [id, of] of this.#told) if (of === sandboxId) this.#told.delete(id);
  }

  /** Takes out one that is to be told by itself after all. */
  claim(isSingle: (warning: Warning) => boolean): Warning | null {
    const found = [...this.#waiting.values()].find(isSingle) ?? null;
    if (found !== null) this.#waiting.delete(found.id);
    return found;
  }

  /** No word until then. */
  snooze(nowMs: number, untilMs: number): void {
    this.#quiet = { fromMs: nowMs, untilMs };
  }

  /** Whether it is time to tell of those that wait. A clock that was set back makes no silence longer. */
  isDue(nowMs: number): boolean {
    if (this.#waiting.size === 0 || this.#firstAtMs === null) return false;
    if (Math.abs(nowMs - this.#firstAtMs) < gatherMs) return false;
    return this.#quiet === null || nowMs >= this.#quiet.untilMs || nowMs < this.#quiet.fromMs;
  }

  /** @returns those that wait, the first that came first; they are told now. */
  tell(nowMs: number): readonly Warning[] {
    const warnings = [...this.#waiting.values()];
    for (const { id, sandboxId } of warnings) this.#told.set(id, sandboxId);
    this.#waiting.clear();
    this.snooze(nowMs, nowMs + periodMs);
    return warnings;
  }
}
