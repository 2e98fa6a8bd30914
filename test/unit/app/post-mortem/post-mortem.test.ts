import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/model/incident.ts';
import type { Warning } from '../../../../src/model/warning.ts';
import { disposeHistories, memoryHistory } from '../../../helpers/memory-history.ts';
import {
  aCommand,
  aFix,
  anError,
  anIncident,
  aSample,
  aSandbox,
  aWarning,
  hourMs,
  minuteMs,
  startMs,
} from '../../../integration/history/makers.ts';
import { bareIncident, course, MiB, memoryAt, told } from './scene.ts';

disposeHistories();

describe('a post-mortem', () => {
  it('joins everything that is remembered of the last minutes', async () => {
    const history = memoryHistory();
    history.recordSandbox(aSandbox('sb-1', { expiry: null }), startMs - hourMs);
    history.recordTransition(aSandbox(), {
      atMs: startMs - 2 * hourMs,
      phase: 'starting',
      rawState: 'Pending',
      reason: null,
    });
    history.recordTransition(aSandbox(), {
      atMs: startMs - hourMs,
      phase: 'running',
      rawState: 'Running',
      reason: null,
    });
    history.recordCommand(aCommand('old', { startedAtMs: startMs - hourMs, endedAtMs: startMs - 50 * minuteMs }));
    history.recordCommand(aCommand('c-1', { startedAtMs: startMs - 90_000, endedAtMs: null, exitCode: null }));
    history.recordCommand(
      aCommand('c-0', { startedAtMs: startMs - 200_000, endedAtMs: startMs - 190_000, exitCode: 1 }),
    );
    history.recordError('sb-1', anError('f-1', { firstSeenAtMs: startMs - 60_000, lastSeenAtMs: startMs - 60_000 }));
    history.recordError('sb-1', anError('f-old', { firstSeenAtMs: startMs - hourMs, lastSeenAtMs: startMs - hourMs }));
    history.recordError('sb-2', anError('f-2'));
    history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs - 9 * minuteMs, text: 'earlier' });
    history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs + 1000, text: 'OOMKilled: true' });
    const incident = anIncident('i-1', {
      warning: aWarning('w-1', { startedAtMs: startMs - 100_000, warnedAtMs: startMs - 95_000, outcome: 'broke' }),
      fixes: [aFix({ startedAtMs: startMs - 80_000, endedAtMs: startMs - 70_000, result: 'did-not-work' })],
      samples: course(60, (before) => 512 - before),
    });
    history.recordIncident(incident);

    const story = await told(history, incident);
    expect(story).toMatchObject({
      cause: 'out-of-memory',
      verdict:
        'The main process was probably killed for memory. This is the most probable reading; the facts allow another one.',
      diagnostics: 'OOMKilled: true',
      incident: { id: 'i-1', samples: [] },
      errors: [{ fingerprint: 'f-1', title: 'The port is taken', cause: 'Something else listens there.', count: 1 }],
    });
    expect(story.timeline.map(({ phase }) => phase)).toEqual(['starting', 'running']);
    expect(story.commands.map(({ commandId }) => commandId)).toEqual(['c-0', 'c-1']);
    expect(story.events.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'command npm ci: exit code 1 after 10 s, took up to 300 MiB',
      'warning Warning about memory at 78 %',
      'command npm ci: was still running, took up to 300 MiB',
      'fix End the process: did not work. Memory fell from 500 to 120 MiB.',
      'error The port is taken',
      'break probably out of memory',
    ]);
    expect(story.recurrences).toEqual([]);
  });

  it('tells a warning once that two windows wrote down, and two that followed each other', async () => {
    const history = memoryHistory();
    const seen = (id: string, fromSecond: number, toSecond: number | null, part: Partial<Warning> = {}): void =>
      history.recordWarning(
        aWarning(id, {
          startedAtMs: startMs + fromSecond * 1000,
          warnedAtMs: startMs + (fromSecond + 1) * 1000,
          endedAtMs: toSecond === null ? null : startMs + toSecond * 1000,
          outcome: toSecond === null ? 'open' : 'broke',
          ...part,
        }),
      );
    seen('first', -150, -110);
    seen('own', -100, 0);
    seen('only watched by another', -99, 0, { warnedAtMs: null });
    seen('another window', -98, null);
    seen('disk', -97, null, { signal: 'disk' });
    const own = aWarning('own', { startedAtMs: startMs - 100_000, warnedAtMs: startMs - 99_000, outcome: 'broke' });
    const { events } = await told(history, bareIncident({ warning: own, leadMs: 99_000 }));
    const warnings = events.filter(({ kind }) => kind === 'warning');
    expect(warnings.map(({ atMs, text }) => [(atMs - startMs) / 1000, text])).toEqual([
      [-149, 'Warning about memory at 78 %'],
      [-99, 'Warning about memory at 78 %'],
      [-96, 'Warning about disk at 78 %'],
    ]);
  });

  it('asks for the samples of an incident that comes without, and draws every signal of them', async () => {
    const history = memoryHistory();
    const incident = anIncident('i-1', { samples: Array.from({ length: 30 }, (_, no) => aSample('sb-1', no - 30)) });
    history.recordIncident(incident);
    const story = await told(history, { ...incident, samples: [] });
    expect(story.courses.map(({ signal }) => signal)).toEqual([
      'memory',
      'heap',
      'disk',
      'inodes',
      'pids',
      'fds',
      'cpu',
    ]);
    const [memory] = story.courses;
    expect(memory?.timesMs).toHaveLength(30);
    expect(memory?.used).toHaveLength(30);
    expect(memory?.limit.at(-1)).toBe(512 * MiB);
  });

  it('is told of a sandbox of which nothing else is remembered', async () => {
    const story = await told(memoryHistory(), bareIncident());
    expect(story).toMatchObject({ courses: [], commands: [], recurrences: [], errors: [], diagnostics: null });
    expect(story.events).toHaveLength(1);
  });

  it('leaves gaps where a signal was not told, and mixes no numbers of the machine in', async () => {
    const { memory: _, ...blind } = memoryAt(-2, 0);
    const samples = [memoryAt(-3, 100), blind, memoryAt(-1, 300, { source: 'machine' }), memoryAt(-1, 200)];
    const story = await told(memoryHistory(), bareIncident({ samples }));
    expect(story.courses).toEqual([
      {
        signal: 'memory',
        unit: 'bytes',
        timesMs: [startMs - 3000, startMs - 2000, startMs - 1000],
        used: [100 * MiB, null, 200 * MiB],
        limit: [512 * MiB, null, 512 * MiB],
      },
    ]);
    expect(story.ownLimitBytes).toBe(512 * MiB);
  });

  it('knows its own limit of memory only from its own numbers, or where the editor works on the machine', async () => {
    const { memory: _, ...blind } = memoryAt(-2, 0);
    const samples = [blind, memoryAt(-1, 300, { source: 'machine' })];
    const limitOf = async (part: Partial<Incident>, isHere = false): Promise<number | null> =>
      (await told(memoryHistory(), bareIncident(part), { isHere })).ownLimitBytes;
    expect(await limitOf({ samples })).toBeNull();
    expect(await limitOf({ samples }, true)).toBe(512 * MiB);
    expect(await limitOf({})).toBeNull();
  });

  it('takes secrets out of what this window itself tells', async () => {
    const redact = (text: string): string => text.replaceAll('hunter2', '[redacted]');
    const incident = bareIncident({
      sandboxName: 'api hunter2',
      text: 'It ended with hunter2.',
      timeline: [{ atMs: startMs, phase: 'failed', rawState: 'hunter2', reason: 'hunter2' }],
      samples: course(20, (before) => 500 - before * 10).map((sample, no) => ({
        ...sample,
        processes: [{ pid: 7, parentPid: 1, name: 'hunter2', rssBytes: no * MiB, ageMs: null, heapLimit: null }],
      })),
    });
    const story = await told(memoryHistory(), incident, { redact });
    expect(JSON.stringify(story)).not.toContain('hunter2');
    expect(story.advice.join(' ')).toContain('[redacted] (pid 7)');
  });
});
