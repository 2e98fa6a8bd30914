import * as z from 'zod/mini';
import { type Mute, type MuteStore, mostMutes, withMute } from '../model/mute.ts';
import { signalNames } from '../model/signal.ts';

const stateKey = 'mutes';

const kept = z.object({
  sandboxId: z.string().check(z.minLength(1), z.maxLength(1_000)),
  signal: z.enum(signalNames),
});

/** Where the editor keeps values over sessions; another window may write them too. */
export interface MuteState {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** Keeps what a person muted, for all workspaces: the sandbox is the same one in each. What is kept is checked when it is read. */
export class KeptMutes implements MuteStore {
  private readonly state: MuteState;
  private stored: unknown;
  private mutes: readonly Mute[] = [];

  constructor(state: MuteState) {
    this.state = state;
  }

  get list(): readonly Mute[] {
    const stored = this.state.get(stateKey);
    if (stored === this.stored) return this.mutes;
    this.stored = stored;
    const entries: readonly unknown[] = Array.isArray(stored) ? stored : [];
    this.mutes = entries.slice(-mostMutes).flatMap((entry): Mute[] => {
      const parsed = kept.safeParse(entry);
      // A signal this version does not know, or what was never written by it.
      return parsed.success ? [parsed.data] : [];
    });
    return this.mutes;
  }

  async add(mute: Mute): Promise<void> {
    await this.state.update(stateKey, withMute(this.list, mute));
  }

  async remove(sandboxIds: ReadonlySet<string>): Promise<void> {
    await this.state.update(
      stateKey,
      this.list.filter(({ sandboxId }) => !sandboxIds.has(sandboxId)),
    );
  }
}
