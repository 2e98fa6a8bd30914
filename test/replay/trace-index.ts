import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unpacked } from '../../src/cli/trace-table.ts';

/*
 * The list of the committed recordings, for people: `traces/index.csv`, a line a run. Their descriptions are packed, and nobody reads them so.
 */

interface Description {
  readonly id: string;
  readonly family: string;
  readonly language: string;
  readonly workload: string;
  readonly limits: { readonly mem_bytes: number; readonly cpus: number };
  readonly break: { readonly kind: string; readonly t_ms: number } | null;
  readonly rows: number;
  readonly max_ws_fraction: number;
}

const head = 'id,set,family,language,workload,outcome,break_s,rows,mem_limit_mib,cpus,max_ws_fraction';

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function lineOf(set: string, run: Description): string {
  const ended = run.break === null ? ['benign', ''] : [run.break.kind, Math.round(run.break.t_ms / 1000)];
  const limits = [Math.round(run.limits.mem_bytes / 2 ** 20), run.limits.cpus];
  const cells = [run.id, set, run.family, run.language, run.workload, ...ended, run.rows, ...limits];
  return [...cells, run.max_ws_fraction].map((cell) => quoted(String(cell))).join(',');
}

/** @returns the text of the list of everything that lies packed in the folders of `traces`. */
export function traceIndex(traces: string): string {
  const lines = [head];
  const sets = readdirSync(traces, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const set of sets.map(({ name }) => name).toSorted()) {
    const files = readdirSync(path.join(traces, set)).filter((file) => file.endsWith('.json.br'));
    for (const file of files.toSorted()) {
      lines.push(lineOf(set, JSON.parse(unpacked(file, readFileSync(path.join(traces, set, file))))));
    }
  }
  return `${lines.join('\n')}\n`;
}
