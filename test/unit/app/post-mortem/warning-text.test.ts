import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/model/incident.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import { aSandbox, aWarning, minuteMs, startMs } from '../../../integration/history/makers.ts';
import { bareIncident, course, memoryAt, told } from './scene.ts';

disposeHistories();

const textOf = async (changes: Partial<Incident>): Promise<string> =>
  (await told(memoryHistory(), bareIncident(changes))).warningText;

describe('the warning, or why there was none', () => {
  it('names lead time, what was expected and what came', async () => {
    const warning = aWarning('w-1', { warnedAtMs: startMs - 92_000, criticalAtMs: startMs - 20_000 });
    const forecast = { ...warning.forecast, timeToLimitMs: { p10: 60_000, p50: 90_000, p90: 110_000 } };
    expect(await textOf({ warning: { ...warning, forecast }, leadMs: 92_000 })).toBe(
      'The warning about memory came 92 s before, and became critical 20 s before; it expected the limit in 60–110 s, and it took 92 s.',
    );
  });

  it.each<[string, readonly Sample[], string]>([
    ['nothing was measured', [], 'there are no samples: the sandbox was not watched'],
    [
      'only the machine was',
      course(30, () => 500).map((each) => ({ ...each, source: 'machine' as const })),
      "only the machine's numbers could be read, and no forecast is made from them",
    ],
    [
      'it went up at once',
      course(60, (before) => (before > 2 ? 205 : 510)),
      'memory went from 40 % to the limit in 1 s, faster than a warning can help',
    ],
    [
      'it filled between two readings',
      course(60, () => 205),
      'the last reading, 1 s before, showed memory at 40 %; it filled between two readings',
    ],
    [
      'it rose slowly and nobody saw it',
      course(200, (before) => 512 - before),
      'memory went from 70 % to the limit in 2 min 23 s, and the forecast did not see it',
    ],
    [
      'it was full all the time',
      course(120, () => 500),
      'memory had stood above 70 % of its limit for all of the 119 s that were measured, and showed no way on that could be told from the ups and downs before',
    ],
    [
      'the measurements had stopped',
      [memoryAt(-70, 100), memoryAt(-60, 110)],
      'the measurements had stopped 60 s before the end',
    ],
    [
      'there was no limit',
      course(20, () => 400).map((each) => ({
        ...each,
        ...(each.memory !== undefined && { memory: { ...each.memory, limitBytes: null } }),
      })),
      'no limit of memory was known',
    ],
  ])('says that %s', async (_, samples, why) => {
    expect(await textOf({ samples })).toBe(`There was no warning: ${why}.`);
  });

  it.each<[Partial<Incident>, RegExp]>([
    [{ cause: 'deleted' }, /a deletion is decided elsewhere/],
    [{ cause: 'exited', exitCode: 0 }, /ended by itself/],
    [{ cause: 'crashed', exitCode: 1 }, /crashed, and no measured limit/],
    [{ cause: 'crashed', exitCode: 134 }, /no samples/],
    [{ cause: 'start-failed' }, /never ran/],
    [{ cause: 'agent-down' }, /only when it does not/],
    [{ cause: 'expired', timeline: [] }, /its deadline was not known/],
    [
      { cause: 'expired', timeline: [{ atMs: startMs, phase: 'terminated', rawState: 'Terminated', reason: null }] },
      /over when it was first seen/,
    ],
  ])('says why for %o', async (changes, why) => {
    expect(await textOf(changes)).toMatch(why);
  });

  it('says how late an expired one was first seen', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox(), startMs - 12_000);
    const timeline = [{ atMs: startMs - 12_000, phase: 'running' as const, rawState: 'Running', reason: null }];
    const story = await told(history, bareIncident({ cause: 'expired', timeline }));
    expect(story.warningText).toBe('There was no warning: it was first seen only 12 s before its end.');
  });

  it('remembers that it was watched more closely, and a warning that was taken back', async () => {
    const history = memoryHistory();
    history.recordWarning(
      aWarning('w-0', {
        startedAtMs: startMs - 5 * minuteMs,
        warnedAtMs: startMs - 5 * minuteMs,
        endedAtMs: startMs - 4 * minuteMs,
        outcome: 'recovered',
      }),
    );
    const watching = aWarning('w-1', { level: 'watch', warnedAtMs: null, startedAtMs: startMs - 40_000 });
    const story = await told(
      history,
      bareIncident({ warning: watching, samples: course(60, (before) => (before > 2 ? 205 : 510)) }),
    );
    expect(story.warningText).toMatch(
      /faster than a warning can help\. It had been watched more closely for 40 s\. An earlier warning, 5 min before, had been taken back because memory recovered\.$/,
    );
  });
});
