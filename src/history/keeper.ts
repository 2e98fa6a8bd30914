import type { ForgetOutcome } from '../model/history.ts';
import type { Timer } from '../model/ports.ts';
import { type Engine, type EngineError, type EngineTrouble, toEngineError } from './engine.ts';
import type { Entry } from './entries.ts';
import { HeldEntries } from './held-entries.ts';
import { MemoryEngine } from './memory-engine.ts';
import type { Trouble } from './protocol.ts';
import { setAsideText, troubleText } from './trouble-text.ts';

/** An engine that is ready, and what was put out of the way for it. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly setAside: { readonly name: string; readonly saved: number } | null;
  /** Done in every round of pruning. @throws EngineError */
  readonly everyRound?: () => void;
  /** Forgets a sandbox, or (null) all, where the engine itself does not look. @returns whether nothing is left. @throws EngineError */
  readonly forgetElsewhere?: (sandboxId: string | null) => boolean;
}

export interface KeeperOptions {
  readonly folder: string;
  /**
   * Opens the engine. @param broken the engine in which damage was met, or null.
   * @throws EngineError
   */
  readonly open: (broken: Engine | null) => OpenedEngine;
  readonly tell: (trouble: Trouble) => void;
  readonly log: (level: 'info' | 'warn', text: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => Timer;
  /** Another engine answers from now on. */
  readonly changed: () => void;
}

const firstRetryMs = 200;
const longestRetryMs = 15_000;
/** A lock that is gone by then was only another window at work. */
const lockedToldAfterMs = 3_000;
/** Troubles after which this window goes on in memory; trying again would not help. */
const final: readonly EngineTrouble[] = ['read-only', 'newer', 'missing', 'corrupt'];
/** Troubles that pass. */
const passing: readonly EngineTrouble[] = ['locked', 'full', 'failed'];

const forgetIn = (engine: Engine, sandboxId: string | null): void => {
  if (sandboxId === null) engine.forgetEverything();
  else engine.forgetSandbox(sandboxId);
};

/** Owns the engine and sees it through what goes wrong: waits, opens again, sets aside, or goes on in memory. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #held = new HeldEntries();
  /** Null while it cannot be opened and will be tried again. */
  #engine: Engine | null = null;
  /** Answers while there is no engine. */
  #standIn = new MemoryEngine();
  /** Sandboxes that are to be forgotten before anything else is written; null: everything. */
  #toForget: readonly (string | null)[] = [];
  #everyRound: (() => void) | null = null;
  #forgetElsewhere: ((sandboxId: string | null) => boolean) | null = null;
  #retryMs = firstRetryMs;
  #failingSinceMs: number | null = null;
  #retry: Timer | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** What answers. */
  get engine(): Engine {
    return this.#engine ?? this.#standIn;
  }

  start(): void {
    this.#tryOpen(null);
  }

  /** Writes, or holds what cannot be written now. */
  write(entries: readonly Entry[]): void {
    this.#write(entries, true);
  }

  /**
   * Forgets a sandbox, or (null) everything: what waits, what the engine has, and what lies next to it. What another process holds, or
   * cannot be opened yet, is forgotten as soon as it can be.
   */
  forget(sandboxId: string | null): ForgetOutcome {
    const kept = this.#held.entries.filter(
      (entry) => sandboxId !== null && !('sandboxId' in entry && entry.sandboxId === sandboxId),
    );
    this.#held.clear();
    this.#held.add(kept);
    if (this.#engine === null) forgetIn(this.#standIn, sandboxId);
    this.#toForget = [...this.#toForget, sandboxId];
    const outcome = this.#forgetAll(true);
    // What lies in the folder is out of reach.
    return this.#engine === this.#standIn ? 'not-here' : outcome;
  }

  /** @returns `later` when something is left that is to be forgotten. */
  #forgetAll(again: boolean): ForgetOutcome {
    let outcome: ForgetOutcome = 'done';
    for (const sandboxId of this.#toForget) {
      if (this.#engine === null) return 'later';
      const forget = (engine: Engine): ForgetOutcome => {
        forgetIn(engine, sandboxId);
        // It was the stand-in only, when the file could not be opened again just now.
        if (this.#engine === null) return 'later';
        return this.#forgetElsewhere?.(sandboxId) === false ? 'not-here' : 'done';
      };
      const came = this.#use(forget, again);
      if (came === null || came === 'later') return 'later';
      if (came === 'not-here') outcome = came;
      this.#toForget = this.#toForget.filter((each) => each !== sandboxId);
    }
    return outcome;
  }

  /** @returns null when it failed, which is told. Damage puts the file aside, and then it is tried once more. */
  use<T>(action: (engine: Engine) => T): T | null {
    return this.#use(action, true);
  }

  #use<T>(action: (engine: Engine) => T, mayRepeat: boolean): T | null {
    for (const again of mayRepeat ? [true, false] : [false]) {
      try {
        return action(this.engine);
      } catch (error) {
        const failure = toEngineError(error);
        const reopens = failure.trouble === 'corrupt' || failure.trouble === 'replaced';
        if (again && reopens) this.failed(failure);
        else if (!again || failure.trouble !== 'locked') {
          this.#wait(failure);
          return null;
        }
      }
    }
    return null;
  }

  /** What an engine threw where it cannot be tried again. */
  failed(failure: EngineError): void {
    if (failure.trouble === 'corrupt' || failure.trouble === 'replaced') this.#reopen(failure);
    else this.#wait(failure);
  }

  /** Does what the engine wants done now and then. */
  round(): void {
    try {
      if (this.#engine !== null) this.#everyRound?.();
    } catch (error) {
      // It is tried again in the next round.
      this.#options.log('info', toEngineError(error).message);
    }
  }

  close(): void {
    this.write([]);
    this.#retry?.cancel();
    this.#closeEngine(this.engine);
  }

  /** Opens the engine; what waited goes into it. */
  #tryOpen(broken: Engine | null): void {
    try {
      const { engine, setAside, everyRound, forgetElsewhere } = this.#options.open(broken);
      this.#engine = engine;
      this.#everyRound = everyRound ?? null;
      this.#forgetElsewhere = forgetElsewhere ?? null;
      this.#standIn = new MemoryEngine();
      if (setAside !== null) {
        this.#options.tell({ trouble: 'set-aside', text: setAsideText(setAside.name, setAside.saved) });
      }
      this.#write([], false);
    } catch (error) {
      this.#engine = null;
      this.#wait(toEngineError(error));
    }
    this.#options.changed();
  }

  #write(entries: readonly Entry[], again: boolean): void {
    const isForgotten = this.#forgetAll(again) !== 'later';
    // Another one than before, when damage was met just now.
    const engine = this.#engine;
    if (engine === null) {
      this.#standIn.write(entries);
      this.#hold(entries);
      return;
    }
    if (!isForgotten) {
      this.#hold(entries);
      return;
    }
    const all = [...this.#held.entries, ...entries];
    // Writing nothing shows whether it can be written again.
    if (all.length === 0 && this.#failingSinceMs === null) return;
    try {
      engine.write(all);
      this.#held.clear();
      this.#recovered();
    } catch (error) {
      this.#hold(entries);
      const failure = toEngineError(error);
      if (again) this.failed(failure);
      else this.#wait(failure);
    }
  }

  #hold(entries: readonly Entry[]): void {
    const given = this.#held.add(entries);
    if (given > 0) this.#options.log('warn', `${given} entries could not wait longer`);
  }

  /** Closes the engine and opens it again; damage puts the file aside. */
  #reopen(failure: EngineError): void {
    const broken = this.#engine;
    this.#options.log('warn', `opened again after: ${failure.message}`);
    this.#engine = null;
    if (broken !== null) this.#closeEngine(broken);
    this.#tryOpen(failure.trouble === 'corrupt' ? broken : null);
  }

  /** Tells what is wrong and tries again later, or goes on in memory where that would not help. */
  #wait(failure: EngineError): void {
    const { trouble, message } = failure;
    if (final.includes(trouble)) {
      this.#goOnInMemory(failure);
      return;
    }
    const nowMs = this.#options.now();
    this.#failingSinceMs ??= nowMs;
    if (trouble !== 'locked' || nowMs - this.#failingSinceMs >= lockedToldAfterMs) {
      const shown = passing.includes(trouble) ? trouble : 'failed';
      this.#options.tell({ trouble: shown, text: troubleText(trouble, this.#options.folder, message) });
    }
    this.#retry ??= this.#options.after(this.#retryMs, () => {
      this.#retry = null;
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
      if (this.#engine === null) this.#tryOpen(null);
      else this.write([]);
    });
  }

  #recovered(): void {
    if (this.#failingSinceMs === null) return;
    this.#failingSinceMs = null;
    this.#retryMs = firstRetryMs;
    for (const trouble of passing) this.#options.tell({ trouble, text: null });
  }

  #goOnInMemory({ trouble, message }: EngineError): void {
    const broken = this.#engine;
    this.#options.tell({ trouble, text: troubleText(trouble, this.#options.folder, message) });
    this.#engine = this.#standIn;
    this.#everyRound = null;
    this.#forgetElsewhere = null;
    // What was written before stays in the file. What waited is in the stand-in already, if it was the one that answered.
    if (broken !== null) this.#standIn.write(this.#held.entries);
    this.#held.clear();
    this.#recovered();
    if (broken !== null) this.#closeEngine(broken);
    this.#options.changed();
  }

  #closeEngine(engine: Engine): void {
    try {
      engine.close();
    } catch (error) {
      this.#options.log('info', `closing: ${toEngineError(error).message}`);
    }
  }
}
