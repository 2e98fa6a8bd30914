/** A refusal must last this long: at an end the agent dies a moment before the server says so. */
const patienceMs = 3_000;

/** Tells when the agent of a sandbox that runs is down: it answered once, and refuses for a while. */
export class AgentWatch {
  #answered = false;
  #refusedSinceMs: number | null = null;
  #isDown = false;

  /** It gave a sign of life. */
  answers(): void {
    this.#answered = true;
    this.#refusedSinceMs = null;
    this.#isDown = false;
  }

  /** Silence, or a sandbox that does not run, says nothing of it. */
  isUnknown(): void {
    this.#refusedSinceMs = null;
  }

  /** The sandbox runs again after an interruption, and its agent anew. */
  runsAgain(): void {
    this.#isDown = false;
  }

  /** It refused, although the sandbox runs. */
  refuses(atMs: number): void {
    // A clock that was set back must not make the patience longer.
    this.#refusedSinceMs = Math.min(this.#refusedSinceMs ?? atMs, atMs);
  }

  /** @returns since when it is down, told once each time; null while it is not, or while it may be a moment only. */
  downSince(nowMs: number): number | null {
    const since = this.#refusedSinceMs;
    if (since === null || this.#isDown || !this.#answered || nowMs - since < patienceMs) return null;
    this.#isDown = true;
    return since;
  }
}
