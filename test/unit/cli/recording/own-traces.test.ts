import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columns } from '../../../../src/cli/recording/row.ts';
import { tableText } from '../../../../src/cli/trace-table.ts';

const folder = resolve(import.meta.dirname, '../../../replay/traces/own');
const project = resolve(import.meta.dirname, '../../../..');
const mostBytes = 4.1e6;

const files = readdirSync(folder).sort();
const ids = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));

interface Trace {
  readonly id: string;
  readonly text: string;
  readonly head: string;
  readonly widths: ReadonlySet<number>;
  readonly summary: {
    readonly id: string;
    readonly rows: number;
    readonly duration_ms: number;
    readonly ended: string;
    readonly break: { readonly kind: string; readonly t_ms: number } | null;
    readonly limits: { readonly mem_bytes: number };
    readonly env: Readonly<Record<string, string>>;
  };
  readonly rows: readonly Readonly<Record<string, string>>[];
}

function read(id: string): Trace {
  const text = readFileSync(join(folder, `${id}.json`), 'utf8');
  const table = join(folder, `${id}.csv.gz`);
  const [head = '', ...lines] = tableText(table, readFileSync(table)).trimEnd().split('\n');
  const cells = lines.map((line) => line.split(','));
  const rows = cells.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ''])));
  return { id, text, head, widths: new Set(cells.map((row) => row.length)), summary: JSON.parse(text), rows };
}

const traces = ids.map(read);

describe('the committed recordings', () => {
  it('are pairs of files, small enough to be kept', () => {
    expect(files).toEqual(ids.flatMap((id) => [`${id}.csv.gz`, `${id}.json`]).sort());
    expect(ids.length).toBeGreaterThanOrEqual(60);
    const bytes = files.map((file) => statSync(join(folder, file)).size).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it('tell of breaks and of runs that survived, some of them with the same command again', () => {
    const broken = traces.filter(({ summary }) => summary.break !== null).length / traces.length;
    expect(broken).toBeGreaterThan(0.3);
    expect(broken).toBeLessThan(0.6);
    const repeating = traces.filter(({ rows }) => {
      const starts = rows
        .flatMap((row) => row['command_events']?.split(';') ?? [])
        .filter((one) => one.startsWith('start:'));
      const lines = starts.map((one) => one.split(':')[2]);
      return new Set(lines).size < lines.length;
    });
    expect(repeating.length).toBeGreaterThanOrEqual(8);
  });

  it.each(traces)(
    '$id: rows rise in time, and only the last is after the break',
    ({ id, head, widths, summary, rows }) => {
      expect(summary.id).toBe(id);
      expect(head).toBe(columns.join(','));
      expect([...widths]).toEqual([columns.length]);
      expect(rows).toHaveLength(summary.rows);
      const times = rows.map((row) => Number(row['t_ms']));
      expect(times.every((time, at) => Number.isInteger(time) && (at === 0 || time > (times[at - 1] ?? 0)))).toBe(true);
      expect(rows.every((row) => Number(row['mem_limit_bytes']) === summary.limits.mem_bytes)).toBe(true);
      if (summary.break === null) return;
      const { t_ms: breakMs, kind } = summary.break;
      expect(times.filter((time) => time >= breakMs)).toEqual([times.at(-1)]);
      if (kind === 'oom_kill') expect(Number(rows.at(-1)?.['oom_kill_count'])).toBeGreaterThan(0);
    },
  );

  it.each(traces)('$id: says nothing of the machine or the person it was recorded on', ({ text, summary, rows }) => {
    const all = `${text}\n${rows.map((row) => decodeURIComponent(row['command_events'] ?? '')).join('\n')}`;
    expect(all).not.toContain(project);
    if (homedir() !== '/') expect(all).not.toContain(`${homedir()}/`);
    expect(Object.keys(summary.env).every((name) => /^(?:NODE_OPTIONS|GOMEMLIMIT|\w*JAVA\w*)$/.test(name))).toBe(true);
  });
});
