/** What passes again: a shell that could not be started for want of something is not a shell that is not there. */
const passing =
  /cannot allocate memory|resource temporarily unavailable|out of memory|no space left|too many open files|text file busy|cannot fork|ENOMEM|EAGAIN/i;
/** execd's own script, which somebody may have removed before it was read. */
const ownScript = /execd_bash_/;
const missing = [
  /executable file not found/i,
  /(?:^|[\s"'/])(?:bash|dash|ash|sh)["']?: (?:command )?not found/i,
  /fork\/exec [^\s:]+: (?:no such file or directory|permission denied|exec format error)/i,
  /\bENOENT\b/,
];

/**
 * Whether the words of a failed start prove that the image lacks the program, or holds one that cannot run: only this
 * is worth remembering. `exitCode` 126 and 127 are a shell's way to say so; null: not known.
 */
export const isProgramMissing = (said: string, exitCode: number | null = null): boolean => {
  if (passing.test(said) || ownScript.test(said)) return false;
  return exitCode === 126 || exitCode === 127 || missing.some((pattern) => pattern.test(said));
};
