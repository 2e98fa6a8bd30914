import { showError } from './messages.ts';

/**
 * Runs the activation and, if it fails, says so: the editor itself would only write it into a log that nobody reads.
 * @throws what `run` throws.
 */
export function withFailureShown(run: () => void): void {
  try {
    run();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Nothing can be done about a message that can not be shown either.
    showError(`Sandbox Foresight could not start: ${text}`).then(undefined, () => undefined);
    throw error;
  }
}
