import type { RememberedFix } from '../model/fix.ts';
import type { Clock, HistoryStore, Log } from '../model/ports.ts';
import { patternFacts } from '../monitor/pattern-facts.ts';
import { ActionDesk } from './action-desk.ts';
import { ErrorDesk } from './error-fixes/error-desk.ts';
import type { EventRouter } from './event-router.ts';
import { FixDesk } from './fix-desk.ts';
import type { Fleet } from './fleet.ts';
import type { LiveView } from './live-view.ts';
import { PastDesk } from './past-desk.ts';
import { PostMortemDesk } from './post-mortem/desk.ts';
import { FleetDesk } from './queries/fleet-desk.ts';
import type { Recollections } from './recollections.ts';
import type { Recorder } from './recorder.ts';

/** Where a person's questions and orders are answered, each kind at a desk of its own. */
export interface Desks {
  readonly actions: ActionDesk;
  readonly fixes: FixDesk;
  readonly errors: ErrorDesk;
  readonly past: PastDesk;
  readonly postMortems: PostMortemDesk;
  readonly fleetNumbers: FleetDesk;
}

/** What the desks work with. */
export interface DesksHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: HistoryStore;
  readonly formatTime: (atMs: number) => string;
  /** Takes secrets out of a text that is to be shown to others. */
  readonly redact: (text: string) => string;
  /** The fixes a person gave to errors. */
  readonly rememberedFixes: () => readonly RememberedFix[];
  /** When files were saved, epoch milliseconds, oldest first. */
  readonly editTimes: () => readonly number[];
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly recollections: Recollections;
  readonly router: EventRouter;
  readonly liveView: LiveView;
}

/** @returns one desk of each kind. */
export const openDesks = (host: DesksHost): Desks => {
  const { clock, log, history, formatTime, redact, fleet, recorder, recollections, router, liveView } = host;
  const patterns = patternFacts;
  const fleetNumbers = new FleetDesk({ clock, history, patterns, editsMs: host.editTimes });
  return {
    actions: new ActionDesk(clock, fleet),
    fixes: new FixDesk({
      clock,
      log,
      formatTime,
      fleet,
      fixDone: (outcome) => recollections.successes.add(outcome),
    }),
    errors: new ErrorDesk({ clock, history, fleet, remembered: host.rememberedFixes }),
    past: new PastDesk({
      clock,
      log,
      history,
      fleet,
      recorder,
      remembered: recollections.remembered,
      view: () => liveView.view,
      silence: (record) => {
        router.silence(record);
        liveView.silence(record);
      },
      changed: (record) => liveView.changed(record),
      forgot: (sandboxId) => {
        fleetNumbers.forget();
        recollections.forgot(sandboxId);
      },
    }),
    postMortems: new PostMortemDesk({ clock, history, patterns, redact, view: () => liveView.view }),
    fleetNumbers,
  };
};
