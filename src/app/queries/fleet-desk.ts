import type { FleetStats } from '../../model/fleet-stats.ts';
import type { HistoryStore } from '../../model/history.ts';
import type { Clock } from '../../model/ports.ts';
import { sleep } from '../../model/wait.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';
import { dayMs, fleetStats } from './fleet-stats.ts';

export interface FleetDeskHost {
  readonly clock: Clock;
  readonly history: HistoryStore;
  readonly patterns: PatternBook;
  /** When files were saved, epoch milliseconds. */
  editsMs(): readonly number[];
}

const freshMs = 5_000;

/** Answers with the numbers of the fleet; who asks again within five seconds gets the same answer. */
export class FleetDesk {
  readonly #host: FleetDeskHost;
  #last: { readonly atMs: number; readonly spanMs: number; readonly answer: Promise<FleetStats> } | null = null;

  constructor(host: FleetDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.fleetStats`. */
  tell(spanMs: number = dayMs): Promise<FleetStats> {
    const { clock, history, patterns, editsMs } = this.#host;
    const nowMs = clock.now();
    const last = this.#last;
    if (last !== null && last.spanMs === spanMs && Math.abs(nowMs - last.atMs) < freshMs) return last.answer;
    const answer = fleetStats(history, {
      nowMs,
      sinceMs: nowMs - spanMs,
      editsMs: editsMs(),
      patterns,
      pause: async () => {
        await sleep(clock, 0);
      },
    });
    const asked = { atMs: nowMs, spanMs, answer };
    this.#last = asked;
    // Who asked is told; whoever asks next is not to get the same failure.
    answer.catch(() => {
      if (this.#last === asked) this.#last = null;
    });
    return answer;
  }

  /** Something was forgotten: the next answer is made anew. */
  forget(): void {
    this.#last = null;
  }
}
