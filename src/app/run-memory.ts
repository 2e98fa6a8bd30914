import type { Sandbox } from '../model/sandbox.ts';

/**
 * Remembers of one sandbox that it ran. Systems call one whose main process has ended the same as one that is being made (OpenSandbox on
 * Kubernetes: `Pending`, for ever or between two runs); only who saw it run can tell the two apart.
 */
export class RunMemory {
  #ran = false;
  #livesOn = false;

  /**
   * Takes words in their order.
   * @returns the sandbox as it is told, or as `interrupted` where it ran before and nobody paused it since; as `running` where it is known
   *   to live on.
   */
  see(sandbox: Sandbox): Sandbox {
    switch (sandbox.phase) {
      case 'running':
        this.#ran = true;
        this.#livesOn = false;
        return sandbox;
      case 'unknown':
      case 'interrupted':
        return sandbox;
      case 'creating':
      case 'starting':
        return this.#ran ? { ...sandbox, phase: this.#livesOn ? 'running' : 'interrupted' } : sandbox;
      default:
        this.forget();
        return sandbox;
    }
  }

  /** What runs in it is older than the server's word: that is said of one that is only not ready, until its measurements end. */
  livesOn(): void {
    this.#livesOn = true;
  }

  /** Its measurements ended: it may have stopped by now. */
  isUnseen(): void {
    this.#livesOn = false;
  }

  /** It was paused or resumed from here: that it comes up again is meant. */
  forget(): void {
    this.#ran = false;
    this.#livesOn = false;
  }
}
