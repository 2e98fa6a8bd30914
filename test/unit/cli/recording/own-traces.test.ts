import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columns } from '../../../../src/cli/recording/row.ts';
import { unpacked } from '../../../../src/cli/trace-table.ts';
import { traceIndex } from '../../../replay/trace-index.ts';

const project = resolve(import.meta.dirname, '../../../..');
const traces = join(project, 'test/replay/traces');
const mostBytes = 5e6;

interface Summary {
  readonly id: string;
  readonly family: string;
  readonly command: string;
  readonly rows: number;
  readonly duration_ms: number;
  readonly ended: string;
  readonly break: { readonly kind: string; readonly t_ms: number } | null;
  readonly limits: { readonly mem_bytes: number };
  readonly env: Readonly<Record<string, string>>;
}

interface Listed {
  readonly id: string;
  readonly set: string;
  readonly text: string;
  readonly summary: Summary;
}

const files = (set: string): readonly string[] => readdirSync(join(traces, set)).sort();
const sets = ['days', 'exam', 'fresh', 'jobs', 'lives', 'own', 'slow'];
const listed = sets.flatMap((set) =>
  files(set)
    .filter((file) => file.endsWith('.json.br'))
    .map((file): Listed => {
      const text = unpacked(file, readFileSync(join(traces, set, file)));
      return { id: file.slice(0, -'.json.br'.length), set, text, summary: JSON.parse(text) };
    }),
);
const inSet = (name: string): readonly Listed[] => listed.filter(({ set }) => set === name);

/** Read when it is asked for: all tables at once would fill the memory. */
function tableOf({ set, id }: Listed): { readonly head: string; readonly rows: readonly (readonly string[])[] } {
  const file = join(traces, set, `${id}.csv.br`);
  const [head = '', ...lines] = unpacked(file, readFileSync(file)).trimEnd().split('\n');
  return { head, rows: lines.map((line) => line.split(',')) };
}

/** Recordings that were made before a column was thought of end with an earlier one. */
const isHead = (names: readonly string[]): boolean =>
  names.length >= columns.indexOf('command_events') + 1 && names.every((name, at) => name === columns[at]);

describe('the committed recordings', () => {
  it('are pairs of files, small enough to be kept', () => {
    const all = sets.flatMap((set) => files(set).map((file) => join(set, file)));
    expect(all.toSorted()).toEqual(
      listed.flatMap(({ set, id }) => [join(set, `${id}.csv.br`), join(set, `${id}.json.br`)]).toSorted(),
    );
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    const bytes = all.map((file) => statSync(join(traces, file)).size).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it('are listed for people, one line a run', () => {
    expect(readFileSync(join(traces, 'index.csv'), 'utf8')).toBe(traceIndex(traces));
    expect(traceIndex(traces).trimEnd().split('\n')).toHaveLength(listed.length + 1);
  });

  it('tell of breaks and of runs that survived, some of them with the same command again', () => {
    const own = inSet('own');
    expect(own.length).toBeGreaterThanOrEqual(60);
    const broken = own.filter(({ summary }) => summary.break !== null).length / own.length;
    expect(broken).toBeGreaterThan(0.3);
    expect(broken).toBeLessThan(0.6);
    const repeating = own.filter((trace) => {
      const { head, rows } = tableOf(trace);
      const at = head.split(',').indexOf('command_events');
      const starts = rows.flatMap((row) => row[at]?.split(';') ?? []).filter((one) => one.startsWith('start:'));
      const lines = starts.map((one) => one.split(':')[2]);
      return new Set(lines).size < lines.length;
    });
    expect(repeating.length).toBeGreaterThanOrEqual(8);
  });

  it('have sixty quiet hours', () => {
    const rows = inSet('days').map(({ summary }) => (summary.break === null ? summary.rows : 0));
    expect(rows.reduce((sum, each) => sum + each, 0) / 3_600).toBeGreaterThanOrEqual(60);
  });

  it.each([
    { set: 'fresh', least: 0.5, most: 0.65 },
    { set: 'exam', least: 0.35, most: 0.65 },
  ])('have $set, an exam of families that are in no other set, about half of which break', ({ set, least, most }) => {
    const exam = inSet(set);
    expect(exam.length).toBeGreaterThanOrEqual(60);
    const others = new Set(listed.filter((one) => one.set !== set).map(({ summary }) => summary.family));
    expect(exam.filter(({ summary }) => others.has(summary.family))).toEqual([]);
    const broken = exam.filter(({ summary }) => summary.break !== null).length / exam.length;
    expect(broken).toBeGreaterThan(least);
    expect(broken).toBeLessThan(most);
  });

  it('have a second life of every short run: the same command in the same limits', () => {
    const first = new Map(inSet('own').map((one) => [one.id, one.summary]));
    expect(
      inSet('lives')
        .map(({ id }) => id.replace('b-', '-'))
        .toSorted(),
    ).toEqual([...first.keys()].toSorted());
    // Some were recorded before commands were written with `exec` and from the project's folder.
    const plain = (command = ''): string => command.replace(/^exec /, '').replaceAll('$PROJECT/', '');
    for (const { id, summary } of inSet('lives')) {
      const before = first.get(id.replace('b-', '-'));
      expect([id, plain(summary.command), summary.limits]).toEqual([id, plain(before?.command), before?.limits]);
    }
  });

  it.each(listed)('$id: rows rise in time, and only the last is after the break', (trace) => {
    const { id, summary } = trace;
    const { head, rows } = tableOf(trace);
    const names = head.split(',');
    const cells = (name: string): readonly number[] => {
      const at = names.indexOf(name);
      return rows.map((row) => Number(row[at]));
    };
    expect(summary.id).toBe(id);
    expect(isHead(names)).toBe(true);
    expect([...new Set(rows.map((row) => row.length))]).toEqual([names.length]);
    expect(rows).toHaveLength(summary.rows);
    const times = cells('t_ms');
    expect(times.every((time, at) => Number.isInteger(time) && (at === 0 || time > (times[at - 1] ?? 0)))).toBe(true);
    expect([...new Set(cells('mem_limit_bytes'))]).toEqual([summary.limits.mem_bytes]);
    const events = rows.map((row) => decodeURIComponent(row[names.indexOf('command_events')] ?? ''));
    expectNothingPersonal(`${trace.text}\n${events.join('\n')}`);
    if (summary.break === null) return;
    const { t_ms: breakMs, kind } = summary.break;
    expect(times.filter((time) => time >= breakMs)).toEqual([times.at(-1)]);
    if (kind === 'oom_kill') expect(cells('oom_kill_count').at(-1)).toBeGreaterThan(0);
  });

  it.each(listed)('$id: its environment is heap limits and nothing else', ({ summary }) => {
    expect(Object.keys(summary.env).every((name) => /^(?:NODE_OPTIONS|GOMEMLIMIT|\w*JAVA\w*)$/.test(name))).toBe(true);
  });
});

/** Nothing of the machine or the person it was recorded on. */
function expectNothingPersonal(text: string): void {
  expect(text).not.toContain(project);
  expect(text).not.toMatch(/\/(?:home|Users)\/\w|\/tmp\/(?!foresight-)\w/);
  if (homedir() !== '/') expect(text).not.toContain(`${homedir()}/`);
}
