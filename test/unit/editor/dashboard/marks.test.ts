import { describe, expect, it } from 'vitest';
import { commandMarks, runEndText } from '../../../../src/editor/dashboard/marks.ts';
import type { CommandRun } from '../../../../src/model/history.ts';
import { nowMs } from '../../../helpers/views.ts';

const minuteMs = 60_000;
const run = (part: Partial<CommandRun>): CommandRun => ({
  commandId: 'c-1',
  sandboxId: 'a',
  commandKey: 'npm test',
  startedAtMs: nowMs - 60 * minuteMs,
  endedAtMs: null,
  exitCode: null,
  attempt: 1,
  peakBytes: null,
  ...part,
});

describe('the mark of a command', () => {
  it('tells how long it ran to the second, as the story of an incident does', () => {
    expect(runEndText(run({ endedAtMs: nowMs - 60 * minuteMs + 57_600, exitCode: 1 }), nowMs)).toBe(
      'exit code 1 after 58 s',
    );
  });

  it.each([
    ['that ended', { endedAtMs: nowMs - 30 * minuteMs, exitCode: 1 }, 'exit code 1 after 30 min', false, 30],
    ['that runs', { lastSeenAtMs: nowMs - 5 * minuteMs }, 'running, or its end was not seen', true, null],
    ['whose window was closed', { lastSeenAtMs: nowMs - 50 * minuteMs }, 'its end was not seen', false, 50],
    ['of an earlier version', {}, 'its end was not seen', false, null],
  ])('%s', (_, part, text, open, endedAgo) => {
    const [mark] = commandMarks([run(part)], nowMs);
    const endedAtMs = endedAgo === null ? null : nowMs - endedAgo * minuteMs;
    expect(mark).toMatchObject({ open, endedAtMs });
    expect(mark?.text).toContain(`npm test, ${text}`);
    expect(runEndText(run(part), nowMs)).toBe(text);
  });
});
