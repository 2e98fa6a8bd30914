import type { Forecast } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import type { SignalName } from '../model/signal.ts';

/** Below this share there was room. */
const roomBelow = 0.97;
/** So many readings in a row: a program may hold the last file for a moment. */
const readingsInRow = 2;

/**
 * Sees when what refuses more at its limit (a disk, inodes, processes, open files) has reached it. That is no forecast any more, and it is told also
 * when it came too fast for one. What was full before it was watched is not: nobody can be warned of that.
 */
export class FullSigns {
  readonly #hadRoom = new Set<string>();
  readonly #inRow = new Map<string, number>();

  /** @returns the sign in words, or null. To be told of each forecast that rests on a new reading. */
  of(forecast: Forecast): string | null {
    const key = `${forecast.signal} ${forecast.place ?? ''}`;
    if ((forecast.pressure ?? 0) < roomBelow) this.#hadRoom.add(key);
    const inRow = isFull(forecast) ? (this.#inRow.get(key) ?? 0) + 1 : 0;
    this.#inRow.set(key, inRow);
    return inRow >= readingsInRow && this.#hadRoom.has(key)
      ? 'the limit is reached, and nothing more is given out'
      : null;
  }

  /** It was told that the break came: until there is room again, that is all there is to say. */
  broke(signal: SignalName): void {
    for (const key of this.#hadRoom) if (key.startsWith(`${signal} `)) this.#hadRoom.delete(key);
  }
}
