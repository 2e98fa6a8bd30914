/** What servers say of an exit, in their own words, turned into facts. */
export interface ExitFacts {
  readonly exitCode: number | null;
  /** The text says so: true or false; null when it does not speak of it. */
  readonly outOfMemory: boolean | null;
  /** A reason why it could not start, e.g. `ImagePullBackOff`, or null. */
  readonly startFailure: string | null;
  /** The node threw it out or the main process is started again and again; the word used, or null. */
  readonly trouble: string | null;
  /** The text itself says that the time was over. */
  readonly expired: boolean;
}

/** Only the beginning is read: reasons are short, and a diagnostics dump must not cost time. */
const mostCharacters = 20_000;

const exitForms = [
  /\bexited with code (-?\d{1,3})\b/i,
  /\bexit(?: |_)?code[":= ]{1,8}(-?\d{1,3})\b/i,
  /\bexit=(-?\d{1,3})\b/i,
  /\bexit status (-?\d{1,3})\b/i,
];

const startFailures =
  /\b(ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|ImageInspectError|CreateContainer(?:Config)?Error|RunContainerError|SANDBOX_IMAGE_PULL_FAILED|SANDBOX_EXECD_START_FAILED|POD_READY_TIMEOUT|POD_PLATFORM_UNSCHEDULABLE|PROVISIONING_ERROR|Unschedulable)\b/i;
const troubles = /\b(CrashLoopBackOff|Evicted|NodeLost|Preempted)\b/i;
const saidOutOfMemory = /\bOOM ?Killed\b/i;
const deniedOutOfMemory = /\bOOMKilled"?: {0,10}false\b/i;
const saidExpired = /\b(?:SandboxExpired|ttl_expiry)\b/i;

const exitCodeIn = (text: string): number | null => {
  for (const form of exitForms) {
    const found = form.exec(text)?.[1];
    // Some clients count signals downwards: -137 is 137.
    if (found !== undefined) return Math.abs(Number(found));
  }
  return null;
};

/** Diagnostics end with the log of the main process, whose lines carry a time: what is said there proves nothing. */
export const withoutLogLines = (diagnostics: string): string =>
  diagnostics
    .slice(0, mostCharacters)
    .split('\n')
    .filter((line) => !/^\s{0,8}\d{4}-\d{2}-\d{2}T/.test(line))
    .join('\n');

/** Of several codes the one that was said with the kill is meant: in its line, else after it. */
const exitCodeBeside = (text: string, words: RegExp): number | null => {
  const at = text.search(words);
  if (at < 0) return exitCodeIn(text);
  const line = text.slice(text.lastIndexOf('\n', at) + 1).split('\n', 1)[0] ?? '';
  return exitCodeIn(line) ?? exitCodeIn(text.slice(at)) ?? exitCodeIn(text);
};

/** Reads reason, message or diagnostics text, Docker's and Kubernetes' forms alike. */
export const readExitWords = (...texts: readonly (string | null)[]): ExitFacts => {
  const text = texts
    .filter((each) => each !== null)
    .join('\n')
    .slice(0, mostCharacters);
  const denied = deniedOutOfMemory.test(text);
  return {
    exitCode: denied ? exitCodeIn(text) : exitCodeBeside(text, saidOutOfMemory),
    outOfMemory: denied ? false : saidOutOfMemory.test(text) ? true : null,
    startFailure: startFailures.exec(text)?.[1] ?? null,
    trouble: troubles.exec(text)?.[1] ?? null,
    expired: saidExpired.test(text),
  };
};

/** The code of a main process that was killed, for memory or for something else. */
const killedCode = 137;

/**
 * Docker says of a container that it ran out of memory as soon as anything in it was killed for that, and goes on saying so.
 * @returns whether the code that the main process ended with allows that this was its own end.
 */
export const endedByKill = (exitCode: number | null): boolean => exitCode === null || exitCode === killedCode;

const signalWords: Readonly<Record<number, string>> = {
  132: 'an illegal instruction',
  134: 'an abort',
  135: 'a bus error',
  136: 'an arithmetic error',
  137: 'a kill',
  139: 'a segmentation fault',
  143: 'a request to stop',
};

/** @returns what an exit code means, e.g. "exit code 139, a segmentation fault". */
export const exitCodeInWords = (exitCode: number): string => {
  const word = signalWords[exitCode];
  return word === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, ${word}`;
};
