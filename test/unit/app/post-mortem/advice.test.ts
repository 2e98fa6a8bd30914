import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/model/incident.ts';
import type { ProcessReading, Sample } from '../../../../src/model/sample.ts';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import {
  aCommand,
  aFix,
  anError,
  aSandbox,
  aWarning,
  hourMs,
  minuteMs,
  startMs,
} from '../../../integration/history/makers.ts';
import { bareIncident, course, MiB, told } from './scene.ts';

disposeHistories();

const adviceOf = async (changes: Partial<Incident>): Promise<string> =>
  (await told(memoryHistory(), bareIncident(changes))).advice.join('\n');

const process = (name: string, rssMiB: number, heapMiB: number | null = null): ProcessReading => ({
  pid: 412,
  parentPid: 1,
  name,
  rssBytes: rssMiB * MiB,
  ageMs: null,
  heapLimit: heapMiB === null ? null : { limitBytes: heapMiB * MiB, source: '--max-old-space-size' },
});

const growing = (name: string, heapMiB: number | null = null): readonly Sample[] =>
  course(60, (before) => 510 - before).map((sample, no) => ({
    ...sample,
    processes: [process(name, 100 + no * 5, heapMiB)],
  }));

describe('what would have helped when memory ran out', () => {
  it('is more memory than was ever used, a capped heap, and less at a time', async () => {
    const history = memoryHistory();
    history.recordCommand(
      aCommand('c-1', {
        commandKey: 'npm run build',
        startedAtMs: startMs - 60_000,
        endedAtMs: startMs,
        exitCode: 137,
      }),
    );
    const story = await told(history, bareIncident({ samples: growing('node') }));
    const text = story.advice.join('\n');
    expect(story.advice[0]).toMatch(
      /^Give it at least 640 MiB of memory \(its limit was 512 MiB, the highest use seen 509 MiB/,
    );
    expect(text).toContain('NODE_OPTIONS=--max-old-space-size=384');
    expect(text).toContain('Run npm run build with less at a time');
    expect(text).toContain('took 300 MiB on top');
    expect(text).toContain('node (pid 412) kept: it grew from 100 MiB to 395 MiB');
    expect(text).toContain('Take a snapshot before');
  });

  it('is a lower heap limit where the one that was set left no room', async () => {
    expect(await adviceOf({ samples: growing('node', 2048) })).toMatch(/Lower the heap limit of node \(2 GiB\)/);
    expect(await adviceOf({ samples: growing('java') })).toContain('JAVA_TOOL_OPTIONS=-Xmx384m');
    expect(await adviceOf({ samples: growing('postgres') })).not.toContain('heap');
    expect(await adviceOf({ samples: growing('node', 256) })).not.toContain('heap');
  });

  it('is to act on the warning, when there was time and nothing was tried', async () => {
    const warning = aWarning('w-1', { warnedAtMs: startMs - 90_000 });
    expect(await adviceOf({ warning, leadMs: 90_000 })).toMatch(
      /^Act on the warning: it came 90 s before, nothing was tried, and ending node \(pid 412\)/,
    );
    const tried = [aFix({ startedAtMs: startMs - 50_000, endedAtMs: startMs - 40_000, result: 'did-not-work' })];
    expect(await adviceOf({ warning, leadMs: 90_000, fixes: tried })).toMatch(/^Have a second plan: "End the process"/);
    expect(await adviceOf({ warning, leadMs: 4_000 })).not.toContain('Act on');
  });

  it('is to be measured at all', async () => {
    expect(await adviceOf({})).toMatch(/^Have it watched/);
    const machine = course(9, () => 100).map((each) => ({ ...each, source: 'machine' as const }));
    expect(await adviceOf({ samples: machine })).toContain('Make its own cgroup readable');
  });

  it('sizes nothing by the memory of the machine below it', async () => {
    const machine = growing('node', 2048).map((each) => ({ ...each, source: 'machine' as const }));
    const text = await adviceOf({ samples: machine });
    expect(text).toContain('node (pid 412) kept');
    expect(text).not.toMatch(/Give it at least|heap limit|max-old-space-size/);
    const full = { cause: 'agent-down', samples: machine } as const;
    expect(await adviceOf(full)).not.toMatch(/Give it at least|Mind memory/);
    expect(await adviceOf({ ...full, cause: 'crashed' })).not.toContain('Mind memory');
  });

  it('goes by the memory of the machine where the editor itself works on it', async () => {
    const samples = growing('node').map((each) => ({ ...each, source: 'machine' as const }));
    const text = (await told(memoryHistory(), bareIncident({ samples }), { isHere: true })).advice.join('\n');
    expect(text).toContain('NODE_OPTIONS=--max-old-space-size=384');
    expect(text).not.toContain('Make its own cgroup readable');
  });
});

describe('what would have helped in other ends', () => {
  it.each<[Partial<Incident>, RegExp]>([
    [{ cause: 'expired' }, /^Extend its time before the deadline/],
    [{ cause: 'deleted' }, /^Find out who or what deletes/],
    [{ cause: 'deleted', certainty: 'certain' }, /^Take a snapshot/],
    [{ cause: 'exited', exitCode: 0 }, /main process that does not end/],
    [{ cause: 'crashed', exitCode: 139 }, /native code/],
    [{ cause: 'crashed', exitCode: 127 }, /start command/],
    [{ cause: 'crashed', exitCode: 1 }, /Keep the log of its main process/],
    [{ cause: 'start-failed' }, /^Check its image/],
    [{ cause: 'agent-down', endsSandbox: false }, /^Take a snapshot through the server/],
  ])('fits %o', async (changes, what) => {
    expect(await adviceOf(changes)).toMatch(what);
  });

  it('says how long it lived and what was cut off', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox('sb-1', { createdAtMs: startMs - hourMs }), startMs - hourMs);
    history.recordCommand(aCommand('c-1', { startedAtMs: startMs - 5_000, endedAtMs: null, exitCode: null }));
    const story = await told(history, bareIncident({ cause: 'expired' }));
    expect(story.advice[0]).toBe(
      'Extend its time before the deadline, or ask for a longer one when it is created (it lived 1 h); npm ci was still running.',
    );
  });

  it('says nothing of a command whose end nobody saw, and that nobody heard of since', async () => {
    const history = memoryHistory();
    const run = { startedAtMs: startMs - 40 * minuteMs, endedAtMs: null, exitCode: null };
    history.recordCommand(aCommand('c-1', { ...run, lastSeenAtMs: startMs - 16 * minuteMs }));
    const lost = await told(history, bareIncident({ cause: 'expired' }));
    expect(lost.advice[0]).not.toContain('npm ci');
    history.recordCommand(aCommand('c-1', { ...run, lastSeenAtMs: startMs - 14 * minuteMs }));
    const cut = await told(history, bareIncident({ cause: 'expired' }));
    expect(cut.advice[0]).toContain('npm ci was still running');
  });

  it('leaves out what can only be looked at where it is over', async () => {
    const fixes = ['Show memory and the largest processes', 'Run it again with less at a time'];
    const patterns = () => ({ category: 'memory', cause: 'It was full.', fixes });
    const history = memoryHistory();
    history.recordError('sb-1', anError('f-1', { title: 'Killed' }));
    const over = await told(history, bareIncident({ cause: 'exited' }), { patterns });
    expect(over.advice).toContain('Against "Killed": Run it again with less at a time.');
    const alive = await told(history, bareIncident({ cause: 'exited', endsSandbox: false }), { patterns });
    expect(alive.advice).toContain('Against "Killed": Show memory and the largest processes.');
    const nothingElse = await told(history, bareIncident({ cause: 'exited' }), {
      patterns: () => ({ category: 'memory', cause: 'It was full.', fixes: fixes.slice(0, 1) }),
    });
    expect(nothingElse.advice.join()).not.toContain('Killed');
  });

  it("names the catalogue's first fix that needs no parameter, and other limits that were nearly reached", async () => {
    const history = memoryHistory();
    history.recordError('sb-1', anError('f-1'));
    history.recordError('sb-1', anError('f-2', { pattern: 'disk-full', title: 'No space left' }));
    history.recordError('sb-1', anError('f-3', { pattern: 'of a later version', title: 'New' }));
    const full = course(5, () => 100).map((each) => ({ ...each, disk: { usedBytes: 98, limitBytes: 100 } }));
    const { advice } = await told(history, bareIncident({ cause: 'exited', samples: full }));
    expect(advice).toContain('Against "The port is taken": Free the port.');
    expect(advice).toContain('Against "No space left": Remove caches.');
    expect(advice.join()).toContain('Mind disk too, at 98 % of the limit');
    expect(advice.join()).not.toContain('New');
  });
});
