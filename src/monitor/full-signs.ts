import type { Forecast } from '../model/forecast.ts';
import { isFull } from '../model/full.ts';
import type { SignalName } from '../model/signal.ts';

/** Below this share there was room. */
const roomBelow = 0.97;
/** And there is again, after it was told that there was none: what goes to and fro at its limit is no news each time. */
const roomAgainBelow = 0.9;
/** So many readings in a row: a program may hold the last file for a moment. */
const readingsInRow = 2;
/** More things than can fill up at once; processes come and go. */
const mostThings = 64;

interface Thing {
  /** Whether it may be told when it is full: it was seen with room since it was told last. */
  hadRoom: boolean;
  wasTold: boolean;
  fullInRow: number;
}

/**
 * Sees when what refuses more at its limit (a disk, inodes, processes, open files) has reached it. That is no forecast any more, and it is told also
 * when it came too fast for one. What was full before it was watched is not: nobody can be warned of that.
 */
export class FullSigns {
  readonly #things = new Map<string, Thing>();

  /**
   * @param about what the forecast is about: its signal, and one word more where there are several of the kind.
   * @returns the sign in words, or null. To be told of each forecast that rests on a new reading.
   */
  of(forecast: Forecast, about: string): string | null {
    const thing = this.#thing(about);
    if (!isFull(forecast)) {
      if (thing.fullInRow >= readingsInRow && thing.hadRoom) this.#told(thing);
      thing.fullInRow = 0;
      this.#room(thing, forecast.pressure ?? 0);
      return null;
    }
    thing.fullInRow += 1;
    return thing.fullInRow >= readingsInRow && thing.hadRoom
      ? 'the limit is reached, and nothing more is given out'
      : null;
  }

  /** What does not lead now may lead when it is full. */
  other(about: string, used: number, limit: number | null): void {
    if (limit !== null && limit > 0) this.#room(this.#thing(about), used / limit);
  }

  /** It was told that the break came: until there is room again, that is all there is to say. */
  broke(signal: SignalName): void {
    for (const [about, thing] of this.#things) if (about.split(' ', 1)[0] === signal) this.#told(thing);
  }

  #told(thing: Thing): void {
    thing.hadRoom = false;
    thing.wasTold = true;
  }

  #room(thing: Thing, share: number): void {
    if (share < (thing.wasTold ? roomAgainBelow : roomBelow)) thing.hadRoom = true;
  }

  #thing(about: string): Thing {
    let thing = this.#things.get(about);
    if (thing === undefined) {
      const [oldest] = this.#things.keys();
      if (this.#things.size >= mostThings && oldest !== undefined) this.#things.delete(oldest);
      thing = { hadRoom: false, wasTold: false, fullInRow: 0 };
      this.#things.set(about, thing);
    }
    return thing;
  }
}
