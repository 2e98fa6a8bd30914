import { statSync } from 'node:fs';
import { type BreakKind, classifyText, type Fullness, isStalled } from './breaks.ts';
import type { Cgroup } from './cgroup.ts';
import { readDisk } from './disk.ts';
import { readOpenFiles } from './processes.ts';
import type { Reading } from './row.ts';

/** Finds the moment a workload breaks: by the kernel's counters, its error output, and its heartbeat. */
export class BreakWatcher {
  readonly #group: Cgroup;
  readonly #folder: string;
  readonly #heartbeatFile: string;
  readonly #recent: Reading[] = [];
  readonly #doubts = new Set<BreakKind>();
  readonly #firstKills: number;

  constructor(group: Cgroup, folder: string, heartbeatFile: string) {
    this.#group = group;
    this.#folder = folder;
    this.#heartbeatFile = heartbeatFile;
    this.#firstKills = group.oomKillCount() ?? 0;
  }

  /** Remembers a reading: what was full a moment ago may be empty when its error text arrives. */
  remember(reading: Reading): void {
    this.#recent.push(reading);
    if (this.#recent.length > 5) this.#recent.shift();
  }

  /** What counters say now. Cheap: called ten times a second. */
  poll(): BreakKind | null {
    if ((this.#group.oomKillCount() ?? 0) > this.#firstKills) return 'oom_kill';
    return isStalled(this.#heartbeatAgeMs()) ? 'cpu_stall' : null;
  }

  /** What error output says, when the counters agree. */
  judge(text: string): BreakKind | null {
    const finding = classifyText(text, this.#fullness());
    if (finding === null) return null;
    if (finding.confirmed) return finding.kind;
    this.#doubts.add(finding.kind);
    return null;
  }

  /** A sentence for each kind of break that was named and not believed. */
  get notes(): readonly string[] {
    return [...this.#doubts].map((kind) => `error output named ${kind}, but the counters did not agree`);
  }

  #heartbeatAgeMs(): number | null {
    const touched = statSync(this.#heartbeatFile, { throwIfNoEntry: false })?.mtimeMs;
    return touched === undefined ? null : Date.now() - touched;
  }

  #fullness(): Fullness {
    const disk = readDisk(this.#folder);
    const files = readOpenFiles(this.#group.pids());
    const disks = [disk, ...this.#recent.map((one) => one.disk)];
    return {
      disk: highest(disks.map((one) => (one === null ? null : one.usedBytes / one.totalBytes))),
      freeInodes: disk?.freeInodes ?? null,
      openFiles: highest(
        [files, ...this.#recent.map((one) => one.openFiles)].map((one) => (one?.limit ? one.most / one.limit : null)),
      ),
      refusedTasks: this.#group.refusedTaskCount(),
    };
  }
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  return known.length === 0 ? null : Math.max(...known.map(Number));
}
