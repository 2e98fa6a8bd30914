import type { SignalTrack } from './track.ts';

/** More places than a source tells of at once. */
const mostPlaces = 8;

/**
 * A signal that is followed in several places at once, such as the use of several disks: each has a track of its own, and one of them leads. So a
 * change of the lead does not look like growth, and what takes the lead has its past.
 */
export class PlacedTracks {
  readonly #make: () => SignalTrack;
  readonly #tracks = new Map<string, SignalTrack>();
  #leading: SignalTrack;
  #place: string | undefined;

  /** @param make a new track of the signal. */
  constructor(make: () => SignalTrack) {
    this.#make = make;
    this.#leading = make();
    this.#tracks.set('', this.#leading);
  }

  /** The track of the place that leads. */
  get leading(): SignalTrack {
    return this.#leading;
  }

  /** The place that leads; undefined where there is only one. */
  get place(): string | undefined {
    return this.#place;
  }

  /** Takes in a reading of the place that leads from now on. */
  lead(place: string | undefined, atMs: number, cadenceMs: number, used: number, limit: number | null): void {
    this.#place = place;
    this.#leading = this.follow(place, atMs, cadenceMs, used, limit);
  }

  /** Takes in a reading of any place, undefined for the only one. */
  follow(place: string | undefined, atMs: number, cadenceMs: number, used: number, limit: number | null): SignalTrack {
    const track = this.#tracks.get(place ?? '') ?? this.#begin(place ?? '');
    track.add(atMs, used, limit, cadenceMs);
    return track;
  }

  restart(atMs: number, why: Parameters<SignalTrack['restart']>[1]): void {
    for (const track of this.#tracks.values()) track.restart(atMs, why);
  }

  #begin(place: string): SignalTrack {
    if (this.#tracks.size >= mostPlaces) {
      const [longestUnread] = [...this.#tracks].toSorted(([, a], [, b]) => readAt(a) - readAt(b))[0] ?? [];
      if (longestUnread !== undefined) this.#tracks.delete(longestUnread);
    }
    const track = this.#make();
    this.#tracks.set(place, track);
    return track;
  }
}

const readAt = ({ lastAtMs }: SignalTrack): number => (Number.isNaN(lastAtMs) ? Number.NEGATIVE_INFINITY : lastAtMs);
