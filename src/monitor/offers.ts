import { actionsFor, offerFixes } from '../diagnosis/offer-fixes.ts';
import { type FixId, type FixOffer, type FixSuccess, type Removable, withStart } from '../model/fix.ts';
import type { Forecast } from '../model/forecast.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { WarningLevel } from '../model/warning.ts';
import type { EndWatch } from './end-watch.ts';
import type { Measurements } from './measurements.ts';

/** What an offer depends on. */
export interface OfferSources {
  /** The place the editor itself works in (`SandboxProvider.isHere`). */
  readonly isHere: boolean;
  readonly measurements: Pick<Measurements, 'newest' | 'processes'>;
  readonly ends: Pick<EndWatch, 'incidents' | 'isGone'>;
  /** How an action went before; null when it was never checked. */
  readonly successOf: (id: FixId) => FixSuccess | null;
}

/** What can be done about one sandbox now. */
export class Offers {
  readonly #sources: OfferSources;
  #supports: readonly FixId[];
  #removable: Removable | null = null;

  /** @param supports what its provider and the editor can do at all */
  constructor(supports: readonly FixId[], sources: OfferSources) {
    this.#supports = supports;
    this.#sources = sources;
  }

  setSupports(supports: readonly FixId[]): void {
    this.#supports = supports;
  }

  /** What could be removed from its disks; null when that is not known any more. */
  setRemovable(removable: Removable | null): void {
    this.#removable = removable;
  }

  /** @returns what fits its phase. */
  actions(sandbox: Sandbox): readonly FixId[] {
    return actionsFor(sandbox, this.#present);
  }

  /** @returns what helps against this forecast, best first; against none, what helps in general. */
  against(sandbox: Sandbox, forecast: Forecast | null, level: WarningLevel): readonly FixOffer[] {
    const { isHere, measurements, ends, successOf } = this.#sources;
    const offers = offerFixes({
      sandbox,
      leading: forecast,
      level,
      processes: measurements.processes,
      supports: this.#present,
      incidents: ends.incidents,
      sample: measurements.newest,
      isHere,
      removable: this.#removable,
      successOf,
    });
    // An offer may stand in a message for hours, and its pid be another process by then.
    return offers.map((offer) =>
      offer.target === null ? offer : { ...offer, target: withStart(offer.target, measurements.processes) },
    );
  }

  /** Of one that the server does not know any more, only what was seen is left. */
  get #present(): readonly FixId[] {
    return this.#sources.ends.isGone ? this.#supports.filter((id) => id === 'showDetails') : this.#supports;
  }
}
