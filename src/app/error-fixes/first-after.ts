/** A command that began at a time; `key` names it without values that may be secret. */
export interface BegunCommand {
  readonly key: string;
  readonly startedAtMs: number;
}

/** What ran longer ago than this has little to do with it. */
const nearMs = 60 * 60_000;

/**
 * What ran before an error came the first time. The command that failed itself is not meant, and neither are earlier runs of it.
 * @param failed whether a command failed with it
 * @param failedKey which command that was; where it is not known, it is the last one that began before
 */
export const commandBefore = (
  commands: readonly BegunCommand[],
  firstSeenAtMs: number,
  failed: boolean,
  failedKey: string | null = null,
): string | null => {
  const before = commands
    .filter(({ startedAtMs }) => startedAtMs <= firstSeenAtMs && firstSeenAtMs - startedAtMs <= nearMs)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const own = failed ? (failedKey ?? before.at(-1)?.key) : undefined;
  return before.findLast(({ key }) => key !== own)?.key ?? null;
};
