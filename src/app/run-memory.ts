import type { Sandbox } from '../model/sandbox.ts';

/**
 * Remembers of one sandbox that it ran. Systems call one whose main process has ended the same as one that is being made (OpenSandbox on
 * Kubernetes: `Pending`, for ever or between two runs); only who saw it run can tell the two apart.
 */
export class RunMemory {
  #ranAtMs: number | null = null;

  /** @returns the sandbox as it is told, or as `interrupted` where it ran before and nobody paused it since. */
  see(sandbox: Sandbox, atMs: number): Sandbox {
    switch (sandbox.phase) {
      case 'running':
        this.#ranAtMs = atMs;
        return sandbox;
      case 'unknown':
      case 'interrupted':
        return sandbox;
      case 'creating':
      case 'starting':
        // A word from before it ran may come late.
        return this.#ranAtMs !== null && atMs >= this.#ranAtMs ? { ...sandbox, phase: 'interrupted' } : sandbox;
      default:
        this.forget();
        return sandbox;
    }
  }

  /** It was paused or resumed from here: that it comes up again is meant. */
  forget(): void {
    this.#ranAtMs = null;
  }
}
