import { type Mute, type MuteStore, withMute } from '../model/mute.ts';

export interface MutesHost {
  /** Null where nothing is kept over sessions. */
  readonly store: MuteStore | null;
  /** Whether anything of this sandbox is kept over sessions. */
  isKept(sandboxId: string): boolean;
}

const none: readonly Mute[] = [];

/** What a person wants no word of: over sessions, or for this one where nothing of the sandbox is kept. */
export class Mutes {
  readonly #host: MutesHost;
  /** Those that end with this session. */
  #brief: readonly Mute[] = none;
  /** The list, and what it was joined of. */
  #joined = { kept: none, brief: none, list: none };

  constructor(host: MutesHost) {
    this.#host = host;
  }

  /** All of them; the same array as long as nothing changed. Another window may have changed it. */
  get list(): readonly Mute[] {
    const kept = this.#host.store?.list ?? none;
    const brief = this.#brief;
    if (kept !== this.#joined.kept || brief !== this.#joined.brief)
      this.#joined = { kept, brief, list: [...kept, ...brief] };
    return this.#joined.list;
  }

  /** Rejects when it cannot be kept over sessions; it holds for this one all the same. */
  async add(mute: Mute): Promise<void> {
    const { store } = this.#host;
    if (store !== null && this.#host.isKept(mute.sandboxId)) await store.add(mute);
    else this.#brief = withMute(this.#brief, mute);
  }

  /** Takes back those of the sandboxes that are meant. Rejects when that cannot be kept. */
  async remove(isMeant: (sandboxId: string) => boolean): Promise<void> {
    const meant = new Set(this.list.map(({ sandboxId }) => sandboxId).filter(isMeant));
    if (meant.size === 0) return;
    this.#brief = this.#brief.filter(({ sandboxId }) => !meant.has(sandboxId));
    await this.#host.store?.remove(meant);
  }
}
