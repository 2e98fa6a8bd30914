import type { Mute } from '../model/mute.ts';
import type { SignalName } from '../model/signal.ts';
import type { Warning } from '../model/warning.ts';

/** What is remembered of one episode. */
interface Episode {
  readonly warning: Warning;
  /** The highest level that was said, or null. */
  readonly said: 'warn' | 'critical' | null;
  /** When it was said last, or null. */
  readonly saidAtMs: number | null;
  readonly answered: boolean;
  /** Say it (again) at this time if it is still open; null when nothing is planned. */
  readonly remindAtMs: number | null;
}

interface Snooze {
  readonly sandboxId: string;
  readonly signal: SignalName;
  readonly untilMs: number;
}

/** Everything the decision needs; oldest episodes first. */
export interface NoticeState {
  readonly episodes: readonly Episode[];
  readonly snoozes: readonly Snooze[];
  /** Of what the person wants no word. */
  readonly muted: readonly Mute[];
  /** The time of the last event that carried one, to notice a clock that was set back. */
  readonly heardAtMs: number | null;
}

export type NoticeEvent =
  | { readonly kind: 'warning'; readonly warning: Warning; readonly atMs: number }
  | { readonly kind: 'answered'; readonly id: string }
  | { readonly kind: 'snooze'; readonly id: string; readonly atMs: number; readonly untilMs: number }
  /** This is what is muted now. */
  | { readonly kind: 'muted'; readonly muted: readonly Mute[]; readonly atMs: number }
  | { readonly kind: 'ended'; readonly sandboxId: string }
  | { readonly kind: 'time'; readonly atMs: number };

/** An episode that is to be said now, at this level. */
export interface Say {
  readonly warning: Warning;
  readonly level: 'warn' | 'critical';
}

export const noNotices: NoticeState = { episodes: [], snoozes: [], muted: [], heardAtMs: null };

const maximumEpisodes = 500;
/** A person gets this long to read and answer a warning before it speaks again as critical. */
const answerMs = 20_000;

const loudness = (warning: Warning): 'warn' | 'critical' | null =>
  warning.outcome !== 'open'
    ? null
    : warning.criticalAtMs !== null
      ? 'critical'
      : warning.warnedAtMs !== null
        ? 'warn'
        : null;

/** Whether the person wants no word of this signal of this sandbox. */
export const isMuted = ({ muted }: Pick<NoticeState, 'muted'>, { sandboxId, signal }: Warning): boolean =>
  muted.some((one) => one.sandboxId === sandboxId && one.signal === signal);

const snoozedUntil = (state: NoticeState, warning: Warning): number | null =>
  state.snoozes.find((one) => one.sandboxId === warning.sandboxId && one.signal === warning.signal)?.untilMs ?? null;

/** Whether the person asked for some time without word of this signal of this sandbox, and it is not over. */
export const isSnoozed = (state: NoticeState, warning: Warning, nowMs: number): boolean =>
  (snoozedUntil(state, warning) ?? Number.NEGATIVE_INFINITY) > nowMs;

const withEpisode = (state: NoticeState, episode: Episode): NoticeState => {
  const known = state.episodes.some((one) => one.warning.id === episode.warning.id);
  const episodes = known
    ? state.episodes.map((one) => (one.warning.id === episode.warning.id ? episode : one))
    : [...state.episodes, episode].slice(-maximumEpisodes);
  return { ...state, episodes };
};

/** What came of an episode until now, as one step. */
const onWarning = (state: NoticeState, warning: Warning, atMs: number): readonly [NoticeState, readonly Say[]] => {
  const known = state.episodes.find((one) => one.warning.id === warning.id);
  const before: Episode = known ?? { warning, said: null, saidAtMs: null, answered: false, remindAtMs: null };
  const now: Episode = { ...before, warning };
  const level = loudness(warning);
  const due =
    level !== null &&
    !isMuted(state, warning) &&
    (before.said === null || (level === 'critical' && before.said === 'warn' && !before.answered));
  if (level === null || !due) return [withEpisode(state, now), []];
  const until = snoozedUntil(state, warning);
  if (until !== null && until > atMs) return [withEpisode(state, { ...now, remindAtMs: until }), []];
  // At the very same moment both are one message, and nobody has read it yet.
  if (before.saidAtMs !== null && before.saidAtMs < atMs && atMs - before.saidAtMs < answerMs) {
    return [withEpisode(state, { ...now, remindAtMs: before.saidAtMs + answerMs }), []];
  }
  return [withEpisode(state, { ...now, said: level, saidAtMs: atMs, remindAtMs: null }), [{ warning, level }]];
};

const onTime = (state: NoticeState, atMs: number): readonly [NoticeState, readonly Say[]] => {
  const isDue = (one: { readonly remindAtMs: number | null }): boolean =>
    one.remindAtMs !== null && one.remindAtMs <= atMs;
  const over = state.snoozes.some((one) => one.untilMs <= atMs);
  if (!over && !state.episodes.some(isDue)) return [state, []];
  const say: Say[] = [];
  const episodes = state.episodes.map((one): Episode => {
    if (!isDue(one)) return one;
    const level = loudness(one.warning);
    if (level === null || isMuted(state, one.warning)) return { ...one, remindAtMs: null };
    say.push({ warning: one.warning, level });
    return { ...one, said: level, saidAtMs: atMs, answered: false, remindAtMs: null };
  });
  return [{ ...state, episodes, snoozes: state.snoozes.filter((one) => one.untilMs > atMs) }, say];
};

/** Of what is muted no longer, an episode that nobody was told of yet is due at once. */
const onMuted = (state: NoticeState, muted: readonly Mute[], atMs: number): NoticeState => {
  const isFreed = ({ warning, said }: Episode): boolean =>
    said === null && isMuted(state, warning) && !isMuted({ muted }, warning);
  const episodes = state.episodes.map((one) => (isFreed(one) ? { ...one, remindAtMs: one.remindAtMs ?? atMs } : one));
  return { ...state, muted, episodes };
};

const changeEpisode = (state: NoticeState, id: string, change: (one: Episode) => Episode): NoticeState => ({
  ...state,
  episodes: state.episodes.map((one) => (one.warning.id === id ? change(one) : one)),
});

/** A clock that was set back must not make a snooze longer: what is planned moves back with it. */
const followClock = (state: NoticeState, atMs: number): NoticeState => {
  const backMs = state.heardAtMs === null ? 0 : state.heardAtMs - atMs;
  if (backMs <= 0) return { ...state, heardAtMs: atMs };
  return {
    ...state,
    episodes: state.episodes
      .map((one) => (one.remindAtMs === null ? one : { ...one, remindAtMs: one.remindAtMs - backMs }))
      .map((one) => (one.saidAtMs === null ? one : { ...one, saidAtMs: one.saidAtMs - backMs })),
    snoozes: state.snoozes.map((one) => ({ ...one, untilMs: one.untilMs - backMs })),
    heardAtMs: atMs,
  };
};

/**
 * Decides what is said aloud. Pure. One notice per episode; critical speaks again only if the first was left unanswered for 20 s; nothing for
 * muted or snoozed signals, except one reminder when a snooze is over and the episode is still open. Reopened episodes keep their
 * id and are therefore the same one. The episodes of an ended sandbox are over.
 */
export const reduceNotices = (state: NoticeState, event: NoticeEvent): readonly [NoticeState, readonly Say[]] =>
  step('atMs' in event ? followClock(state, event.atMs) : state, event);

const step = (state: NoticeState, event: NoticeEvent): readonly [NoticeState, readonly Say[]] => {
  switch (event.kind) {
    case 'warning':
      return onWarning(state, event.warning, event.atMs);
    case 'answered':
      return [changeEpisode(state, event.id, (one) => ({ ...one, answered: true, remindAtMs: null })), []];
    case 'snooze': {
      const episode = state.episodes.find((one) => one.warning.id === event.id);
      if (episode === undefined) return [state, []];
      const { sandboxId, signal } = episode.warning;
      const others = state.snoozes.filter((one) => one.sandboxId !== sandboxId || one.signal !== signal);
      const snoozed = { ...state, snoozes: [...others, { sandboxId, signal, untilMs: event.untilMs }] };
      return [changeEpisode(snoozed, event.id, (one) => ({ ...one, answered: true, remindAtMs: event.untilMs })), []];
    }
    case 'muted':
      return [onMuted(state, event.muted, event.atMs), []];
    case 'ended': {
      const keep = (one: { readonly sandboxId: string }): boolean => one.sandboxId !== event.sandboxId;
      const episodes = state.episodes.filter((one) => keep(one.warning));
      const snoozes = state.snoozes.filter(keep);
      return episodes.length === state.episodes.length && snoozes.length === state.snoozes.length
        ? [state, []]
        : [{ ...state, episodes, snoozes }, []];
    }
    case 'time':
      return onTime(state, event.atMs);
  }
};
