import type { SignalName } from './signal.ts';

/** A person wants no word of this signal of this sandbox. */
export interface Mute {
  readonly sandboxId: string;
  readonly signal: SignalName;
}

/** Keeps over sessions, and for all windows, what is muted. A write that fails rejects; it holds for this session all the same. */
export interface MuteStore {
  /** Oldest first, at most `mostMutes`. The same array as long as nothing was written. */
  readonly list: readonly Mute[];
  /** Adds one; the oldest beyond the bound is let go. */
  add(mute: Mute): Promise<void>;
  /** Takes back those of these sandboxes. */
  remove(sandboxIds: ReadonlySet<string>): Promise<void>;
}

/** A sandbox is short-lived: who mutes this many has not needed the first one for long. */
export const mostMutes = 200;

/** @returns the list with `mute` as its newest one. */
export const withMute = (list: readonly Mute[], mute: Mute): readonly Mute[] =>
  [
    ...list.filter(({ sandboxId, signal }) => sandboxId !== mute.sandboxId || signal !== mute.signal),
    { sandboxId: mute.sandboxId, signal: mute.signal },
  ].slice(-mostMutes);
