/**
 * The message of a failed call: the reason comes first, because messages and rows are cut at their end, and the call after it, for the log.
 * @param reason one sentence, with or without capital and full stop
 * @param call what was called, e.g. `GET http://host/v1/sandboxes`
 */
export function told(reason: string, call: string): string {
  const sentence = reason.replace(/[.\s]+$/, '');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} (${call}).`;
}
