import { Announcer } from './announcer.ts';
import { defaultRememberedAgeMs, type Notice, type SupervisorOptions } from './contracts.ts';
import { type Desks, openDesks } from './desks.ts';
import { createErrorInbox, type ErrorInbox } from './error-inbox.ts';
import { EventRouter } from './event-router.ts';
import { Fleet } from './fleet.ts';
import { localTimeText } from './format.ts';
import { Listeners } from './listeners.ts';
import { LiveView } from './live-view.ts';
import { Mutes } from './mutes.ts';
import { OwnSandboxes } from './own-sandboxes.ts';
import { Recollections } from './recollections.ts';
import { Recorder } from './recorder.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { Ticker } from './ticker.ts';
import { Tasks } from './waiting.ts';

/** The parts of the running application that are spoken to from outside. */
export interface Composition {
  readonly tasks: Tasks;
  readonly inbox: ErrorInbox;
  readonly fleet: Fleet;
  readonly own: OwnSandboxes;
  readonly recorder: Recorder;
  readonly recollections: Recollections;
  readonly router: EventRouter;
  readonly announcer: Announcer;
  readonly mutes: Mutes;
  readonly notices: Listeners<Notice>;
  readonly liveView: LiveView;
  readonly ticker: Ticker;
  readonly desks: Desks;
}

/**
 * Makes all parts and tells each whom it works with. What is told of a change names parts that are made later; none of that happens
 * before all are there.
 */
export const compose = (options: SupervisorOptions): Composition => {
  const {
    clock,
    log,
    history,
    settings,
    peaks = null,
    mutes: store = null,
    unkept = [],
    random = Math.random,
  } = options;
  const { formatTime = localTimeText, redact = (text) => text } = options;
  const { rememberedFixes = () => [], editTimes = () => [] } = options;
  const tasks = new Tasks();
  const own = new OwnSandboxes();
  const notices = new Listeners<Notice>(log);
  const changed = (record: SandboxRecord | null): void => liveView.changed(record);
  const inbox = createErrorInbox({ clock, log, random, tasks, route: (item) => router.take(item) });
  const recorder = new Recorder({
    clock,
    log,
    tasks,
    history,
    peaks,
    unkept,
    isCurrent: (record) => fleet.current.id === record.id,
  });
  const recollections = new Recollections(
    {
      clock,
      log,
      tasks,
      history,
      unkept,
      rememberedFixes,
      currentId: () => fleet.current.id,
      record: (sandboxId) => fleet.record(sandboxId),
      workspaceOf: (sandboxId) => {
        const record = fleet.record(sandboxId);
        return record === null ? null : recorder.workspaceOf(record);
      },
      changed: () => changed(null),
    },
    settings.rememberedMaximumAgeMs ?? defaultRememberedAgeMs,
  );
  const fleet = new Fleet({
    clock,
    log,
    random,
    tasks,
    inbox,
    settings,
    peaks,
    successOf: (id) => recollections.successes.of(id),
    redact,
    changed,
    sampled: (record, sample) => recorder.sample(record, sample),
    diagnosed: (record, text) => recorder.diagnostics(record, text),
    listed: (provider, sandboxes) => recollections.listed(provider, sandboxes),
    dropped: (record) => {
      router.dropped(record);
      changed(null);
    },
  });
  const mutes = new Mutes({
    store,
    isKept: (sandboxId) => {
      const record = fleet.record(sandboxId);
      return record === null || recorder.isKept(record);
    },
  });
  const announcer = new Announcer({
    now: () => clock.now(),
    formatTime,
    viewOf: (sandboxId) => {
      const record = fleet.record(sandboxId);
      return record === null || record.ended ? null : record.monitor.view(clock.now());
    },
    fixesAgainst: (sandboxId, signal) => fleet.record(sandboxId)?.monitor.fixesAgainst(signal) ?? [],
    standing: (sandboxId) => {
      if (fleet.current.id === sandboxId) return 'current';
      const record = fleet.record(sandboxId);
      if (record === null) return 'other';
      return own.has({ sandbox: record.sandbox, isHere: record.provider.isHere === true }) ? 'own' : 'other';
    },
    standingsKey: () => `${own.changes} ${fleet.current.id ?? ''}`,
    muted: () => mutes.list,
    notice: (notice) => notices.tell(notice),
  });
  const { recurrences } = recollections;
  const router = new EventRouter({ clock, fleet, recorder, recurrences, announcer, changed });
  const liveView = new LiveView({ clock, log, history, fleet, own, router, recollections, announcer });
  const ticker = new Ticker(clock, (turn) => router.passTime(turn));
  const desks = openDesks({
    clock,
    log,
    history,
    formatTime,
    redact,
    rememberedFixes,
    editTimes,
    fleet,
    recorder,
    recollections,
    router,
    liveView,
  });
  return {
    tasks,
    inbox,
    fleet,
    own,
    recorder,
    recollections,
    router,
    announcer,
    mutes,
    notices,
    liveView,
    ticker,
    desks,
  };
};
