import { ownLimit } from '../../model/own-limit.ts';
import type { Sample } from '../../model/sample.ts';
import type { SandboxView } from '../../model/view.ts';
import { coursesOfPressures, joinCourses, shownCourses } from './course.ts';
import { errorActions, type PageAction } from './page-actions.ts';
import type { DashboardSources, Feed, WorkspaceEdits } from './ports.ts';
import { Pulse } from './pulse.ts';
import { SampleShelf } from './sample-shelf.ts';
import { endedAtOf, noPast, type SandboxPast, sandboxPage, unknownSandboxPage } from './sandbox-state.ts';

const pastEveryMs = 3_000;
const keptMs = 60 * 60_000;
const mostRuns = 200;
const mostWarnings = 50;
/** A page that was restored may be there before the servers have answered. */
const lookingMs = 20_000;
/** Between two samples that were seen there were others if they lie this many cadences apart. */
const holeCadences = 2.5;
const refillEveryMs = 10_000;
const fixesEveryMs = 30_000;
/** For so many errors fixes are shown; of the others the list of all of them knows. */
const mostErrors = 8;

type Post = Parameters<Feed['open']>[0];

/** Fills the page of one sandbox. It collects samples also while nobody looks, for sandboxes of which nothing is kept. */
export class SandboxFeed implements Feed {
  readonly #sandboxId: string;
  readonly #sources: DashboardSources;
  readonly #shelf = new SampleShelf(keptMs);
  readonly #pulse: Pulse;
  readonly #unsubscribe: () => void;
  readonly #createdAtMs: number;
  #past: SandboxPast = noPast;
  #pastAtMs = 0;
  #post: Post | null = null;
  #shown = '';
  #refilledAtMs = 0;
  #name: string;
  readonly #edits: WorkspaceEdits;
  /** For what the fixes of the errors were asked for, and when. */
  #askedFor = '';
  #askedAtMs = 0;

  constructor(sandboxId: string, sources: DashboardSources, edits: WorkspaceEdits) {
    this.#edits = edits;
    this.#sandboxId = sandboxId;
    this.#sources = sources;
    this.#createdAtMs = sources.clock.now();
    this.#name = sandboxId;
    this.#pulse = new Pulse(sources.clock, () => this.#show());
    this.#unsubscribe = sources.app.onChange(() => this.#take());
    this.#take();
  }

  get title(): string {
    return this.#name;
  }

  open(post: Post): void {
    this.#post = post;
    this.#shown = '';
    this.#show();
    this.#tellCourses();
    this.#refill();
    this.#readPast();
    this.#pulse.start();
  }

  close(): void {
    this.#post = null;
    this.#pulse.stop();
  }

  dispose(): void {
    this.close();
    this.#unsubscribe();
  }

  get #view(): SandboxView | null {
    return this.#sources.app.view.sandboxes.find(({ sandbox }) => sandbox.id === this.#sandboxId) ?? null;
  }

  /** Something changed somewhere. */
  #take(): void {
    const view = this.#view;
    if (view !== null) {
      this.#name = view.sandbox.name;
      if (view.sample !== null) this.#takeSample(view.sample);
    }
    this.#show();
  }

  #takeSample(sample: Sample): void {
    const before = this.#shelf.last;
    const added = this.#shelf.add(sample);
    if (added === 'no') return;
    const { clock } = this.#sources;
    const hole = before !== null && sample.atMs - before.atMs > holeCadences * sample.cadenceMs;
    // The page adds only what is later than what it has; all of it anew may go back.
    if (added === 'set-back' || (before !== null && before.source !== sample.source)) this.#tellCourses();
    else this.#post?.({ kind: 'courses', nowMs: clock.now(), reset: false, courses: shownCourses([sample]) });
    if (hole && this.#post !== null && Math.abs(clock.now() - this.#refilledAtMs) > refillEveryMs) this.#refill();
  }

  #show(): void {
    const post = this.#post;
    if (post === null) return;
    const { clock, app } = this.#sources;
    const nowMs = clock.now();
    const view = this.#view;
    const page =
      view === null
        ? unknownSandboxPage(this.#sandboxId, this.#name, Math.abs(nowMs - this.#createdAtMs) < lookingMs)
        : sandboxPage(view, app.view.currentId === this.#sandboxId, this.#past, nowMs);
    const text = JSON.stringify(page);
    if (text !== this.#shown) {
      this.#shown = text;
      post({ kind: 'sandbox', nowMs, page });
    }
    if (Math.abs(nowMs - this.#pastAtMs) > pastEveryMs) this.#readPast();
    if (view !== null) this.#readErrorFixes(view, nowMs);
  }

  action(id: string): PageAction | null {
    const view = this.#view;
    if (view === null) return null;
    for (const error of view.errors) {
      const { offered, more } = errorActions(view, error, this.#past.errorFixes.get(error.fingerprint));
      const meant = [...offered, ...(more === null ? [] : [more])].find(({ button }) => button.id === id);
      if (meant !== undefined) return meant.action;
    }
    return null;
  }

  /** Asks what helps when the errors are others or stand otherwise, after a fix, and now and then for what other windows learned. */
  #readErrorFixes(view: SandboxView, nowMs: number): void {
    const errors = view.errors.filter(({ solvedAtMs }) => solvedAtMs === undefined).slice(0, mostErrors);
    const key = JSON.stringify([
      errors.map(({ fingerprint, title, count }) => [fingerprint, title, count]),
      view.sandbox.phase,
      view.actions,
      view.outcomes.length,
    ]);
    if (key === this.#askedFor && Math.abs(nowMs - this.#askedAtMs) < fixesEveryMs) return;
    this.#askedFor = key;
    this.#askedAtMs = nowMs;
    if (errors.length === 0 && this.#past.errorFixes.size === 0) return;
    const { app, log } = this.#sources;
    const limitBytes = ownLimit(view);
    Promise.all(
      errors.map(async ({ fingerprint }) => {
        const known = await app.errorFixes(this.#sandboxId, fingerprint);
        return [fingerprint, await this.#edits.applicable(known, limitBytes)] as const;
      }),
    ).then(
      (found) => {
        if (key !== this.#askedFor) return;
        this.#past = { ...this.#past, errorFixes: new Map(found) };
        this.#show();
      },
      (error: unknown) => log.warn(`What helps against the errors of ${this.#sandboxId}: ${String(error)}`),
    );
  }

  #tellCourses(): void {
    const post = this.#post;
    if (post === null) return;
    const { clock } = this.#sources;
    const view = this.#view;
    const kept = this.#shelf.samples;
    let courses = shownCourses(kept);
    if (kept.length <= 1 && view !== null && view.lastSampleAtMs !== null) {
      const limitOf = (signal: string) => view.forecasts.find((each) => each.signal === signal)?.limit ?? null;
      courses = joinCourses(coursesOfPressures(view.history, view.lastSampleAtMs, limitOf), courses);
    }
    post({ kind: 'courses', nowMs: clock.now(), reset: true, courses });
  }

  /** Reads what the history has of the last hour, which is more than what was seen since the panel is open. */
  #refill(): void {
    const { history, clock, log } = this.#sources;
    this.#refilledAtMs = clock.now();
    const view = this.#view;
    const toMs = (view === null ? null : endedAtOf(view)) ?? clock.now();
    history.samples(this.#sandboxId, toMs - keptMs, Math.max(toMs, clock.now())).then(
      (samples) => {
        if (this.#shelf.merge(samples)) this.#tellCourses();
      },
      (error: unknown) => log.warn(`Samples of ${this.#sandboxId} for its page: ${String(error)}`),
    );
  }

  #readPast(): void {
    const { history, clock, log } = this.#sources;
    this.#pastAtMs = clock.now();
    const sandboxId = this.#sandboxId;
    Promise.all([
      history.commands({ sandboxId, limit: mostRuns }),
      history.warnings({ sandboxId, limit: mostWarnings }),
      history.fixes({ limit: mostRuns }),
    ]).then(
      ([runs, warnings, fixes]) => {
        const shown = warnings.filter(({ warnedAtMs }) => warnedAtMs !== null);
        this.#past = { ...this.#past, runs, warnings: shown, fixes };
        this.#show();
      },
      (error: unknown) => log.warn(`The past of ${sandboxId} for its page: ${String(error)}`),
    );
  }
}
