import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailsMarkdown } from '../../../src/editor/text/details-markdown.ts';
import { memoryForecast, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';

/** Text that breaks out wherever it can. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '![x](https://evil.example/p.png)|',
        '`',
        '``',
        '|',
        '\\',
        '\\|',
        '\n',
        '\r\n# ',
        '<img src=x>',
        '[a](command:x)',
        '---',
        ' ',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** The cells of a row as tables are cut up: at every bar that has no backslash before it, before anything else is read. */
const cellsOf = (line: string): string[] => line.split(/(?<!\\)\|/).slice(1, -1);

/** What Markdown would still give a meaning to: neither escaped nor in a code span. */
const bare = (cell: string): string => {
  let rest = cell;
  let found = '';
  while (rest !== '') {
    const run = /^`+/.exec(rest)?.[0];
    const close = run === undefined ? null : new RegExp(`(?<!\`)${run}(?!\`)`).exec(rest.slice(run.length));
    if (run !== undefined && close !== null) rest = rest.slice(run.length + close.index + run.length);
    else if (run !== undefined) {
      found += run;
      rest = rest.slice(run.length);
    } else if (rest.startsWith('\\')) rest = rest.slice(2);
    else {
      found += rest.slice(0, 1);
      rest = rest.slice(1);
    }
  }
  return found;
};

const columns = new Map([
  ['signal', 5],
  ['when', 3],
  ['error', 5],
  ['', 2],
]);

describe('the details page', () => {
  it('keeps every text from outside in its cell, and gives none of it a meaning', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (one, two, three) => {
        const view = sandboxView({
          sandbox: sandbox({
            id: one,
            image: two,
            name: three,
            rawState: one,
            reason: two,
            message: three,
            provider: one,
          }),
          forecasts: [
            memoryForecast({ evidence: two }),
            memoryForecast({ signal: 'disk', used: 1, limit: 1, pressure: 1, place: three }),
          ],
          caveat: three,
          timeline: [{ atMs: nowMs, phase: 'running', rawState: one, reason: two }],
          errors: [
            {
              fingerprint: 'f',
              pattern: null,
              title: one,
              line: two,
              cause: three,
              source: 'terminal',
              exitCode: 1,
              count: 1,
              firstSeenAtMs: nowMs,
              lastSeenAtMs: nowMs,
            },
          ],
        });
        let width = 0;
        let tables = 0;
        for (const line of detailsMarkdown(view, nowMs, null).split('\n')) {
          if (!line.startsWith('|')) {
            width = 0;
            continue;
          }
          const cells = cellsOf(line);
          if (width === 0) {
            width = columns.get((cells[0] ?? '').trim()) ?? 0;
            tables += 1;
          }
          expect(cells, line).toHaveLength(width);
          for (const cell of cells) expect(bare(cell), cell).not.toMatch(/[[\]<>`]/);
        }
        expect(tables).toBe(4);
      }),
    );
  });
});
