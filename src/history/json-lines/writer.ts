import { thinningSteps } from '../thinning.ts';
import type { SegmentFiles } from './files.ts';
import { formatLine, ledgerClass, packClass, type SegmentLine, segmentFile } from './segment.ts';

const segmentBytes = 4 * 1024 * 1024;
const dayMs = 24 * 60 * 60_000;
/** After this time a new segment is begun, so that whole files become old: samples as fast as they are thinned. */
const rollMs = new Map<string, number>([
  [ledgerClass, dayMs],
  ...thinningSteps.map((step): [string, number] => [packClass(step.takesStepMs), step.dueMs - step.afterMs]),
]);

interface Active {
  readonly file: string;
  readonly createdMs: number;
}

/** Appends lines to this window's own segments. */
export class SegmentWriter {
  readonly #files: SegmentFiles;
  readonly #owner: string;
  readonly #active = new Map<string, Active>();
  #no = 0;

  constructor(files: SegmentFiles, owner: string) {
    this.#files = files;
    this.#owner = owner;
  }

  /** Appends all lines or, when the disk is full, none. @throws what Node.js throws. */
  append(kind: string, lines: readonly SegmentLine[], nowMs: number): void {
    if (lines.length === 0) return;
    const { file } = this.#activeOf(kind, nowMs);
    const before = this.#files.state(file)?.sizeBytes ?? 0;
    try {
      this.#files.append(file, `${lines.map(formatLine).join('\n')}\n`);
    } catch (error) {
      const after = this.#files.state(file)?.sizeBytes ?? 0;
      // What was written of it would be there twice after the next try.
      if (after > before) this.#files.truncate(file, before);
      throw error;
    }
  }

  /** The next line of this segment's class goes to a new one. */
  leave(file: string): void {
    for (const [kind, active] of this.#active) if (active.file === file) this.#active.delete(kind);
  }

  #activeOf(kind: string, nowMs: number): Active {
    const active = this.#active.get(kind);
    if (active !== undefined) {
      const ageMs = nowMs - active.createdMs;
      const full = (this.#files.state(active.file)?.sizeBytes ?? 0) >= segmentBytes;
      // A clock that was set back begins a new one too: the name tells when.
      if (!full && ageMs >= 0 && ageMs < (rollMs.get(kind) ?? 10 * dayMs)) return active;
    }
    this.#no += 1;
    const created = { file: segmentFile(kind, nowMs, this.#owner, this.#no), createdMs: nowMs };
    this.#active.set(kind, created);
    return created;
  }
}
