import type { RememberedFix } from '../model/fix.ts';
import type { HistoryStore } from '../model/history.ts';
import type { Mute } from '../model/mute.ts';

/** What is remembered, and where from. */
export interface ExportSources {
  readonly history: HistoryStore;
  /** What the person kept in the editor: fixes, newest first, and what is muted. */
  readonly ownFixes: readonly RememberedFix[];
  readonly mutes: readonly Mute[];
  /** Takes secrets out of a text that is to be shown to others. */
  redact(text: string): string;
}

/** @returns the lines of an export. What is few comes first: a file that is cut for its size is cut at the end. */
export async function* exportLines({ history, ownFixes, mutes, redact }: ExportSources): AsyncGenerator<string> {
  for (const { name, text, ...fix } of ownFixes) {
    yield JSON.stringify({ kind: 'own-fix', ...fix, name: redact(name), text: redact(text) });
  }
  for (const mute of mutes) yield JSON.stringify({ kind: 'mute', ...mute });
  yield* history.export();
}
