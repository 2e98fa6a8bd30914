import { describe, expect, it } from 'vitest';
import type { ErrorEvent, RecognisedError } from '../../../src/model/error-event.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';
import { scene, t0 } from './scene.ts';

const text = "src/a.ts:3:1 - error TS2307: Cannot find module 'left-pad'\n";

const failing = (part: Partial<ErrorEvent> = {}) => {
  const { monitor, box } = scene();
  let no = 0;
  const run = (commandLine: string, exitCode: number, atMs: number, cwd: string | null = '/srv/app'): void => {
    no += 1;
    const base = { sandboxId: box.id, commandId: `c${no}`, atMs };
    monitor.observe({ kind: 'command-started', ...base, commandLine, cwd });
    if (exitCode !== 0) monitor.error({ ...base, commandLine, source: 'terminal', text, exitCode, ...part });
    monitor.observe({ kind: 'command-ended', ...base, exitCode });
  };
  const error = (): RecognisedError => {
    const [first] = monitor.view(t0 + 60_000).errors;
    if (first === undefined) throw new Error('no error');
    return first;
  };
  return { monitor, box, run, error };
};

describe('an error of a command', () => {
  it('names its places and is offered fixes in the folder of the command', () => {
    const { monitor, run, error } = failing();
    run('npm run build', 2, t0 + 1_000);
    expect(error().places).toEqual([{ path: 'src/a.ts', line: 3, column: 1 }]);
    const again = monitor.errorFixes(error().fingerprint).find(({ fixId }) => fixId.endsWith('/run-again'));
    expect(again).toMatchObject({ cwd: '/srv/app', text: 'npm run build' });
    expect(monitor.errorFixes('v1/unknown/0')).toEqual([]);
  });

  it('knows by which command it came, without what may be secret', () => {
    const { run, error } = failing();
    run('TOKEN=abc npm run build --token=abc', 2, t0 + 1_000);
    expect(error().commandKey).toBe('npm run build @app');
    const unknown = failing({ commandLine: null });
    unknown.run('npm run build', 2, t0 + 1_000);
    expect(unknown.error().commandKey).toBeUndefined();
  });

  it('is solved when the same command ends well in the same folder, and stands again when it comes again', () => {
    const { run, error } = failing();
    run('npm run build', 2, t0 + 1_000);
    run('npm run lint', 0, t0 + 2_000);
    run('npm run build', 0, t0 + 2_500, '/srv/other');
    expect(error().solvedAtMs).toBeUndefined();
    run('npm run build ', 0, t0 + 3_000);
    expect(error().solvedAtMs).toBe(t0 + 3_000);
    run('npm run build', 2, t0 + 4_000);
    expect(error()).toMatchObject({ count: 2 });
    expect(error().solvedAtMs).toBeUndefined();
  });

  it('is solved by a fix that was seen to work, and by no other', () => {
    const { monitor, box, run, error } = failing();
    run('npm run build', 2, t0 + 1_000);
    const outcome: FixOutcome = {
      fixId: 'pattern/ts-cannot-find-module/install',
      sandboxId: box.id,
      startedAtMs: t0 + 2_000,
      endedAtMs: t0 + 3_000,
      result: 'cannot-tell',
      text: '',
    };
    monitor.fixDone(outcome, error().fingerprint);
    monitor.fixDone({ ...outcome, result: 'worked' }, 'v1/other/0');
    monitor.fixDone({ ...outcome, result: 'worked' }, null);
    expect(error().solvedAtMs).toBeUndefined();
    monitor.fixDone({ ...outcome, result: 'worked' }, error().fingerprint);
    expect(error().solvedAtMs).toBe(t0 + 3_000);
  });

  it('is forgotten with its fixes', () => {
    const { monitor, run, error } = failing();
    run('npm run build', 2, t0 + 1_000);
    const { fingerprint } = error();
    monitor.forgetPast(t0 + 2_000);
    expect(monitor.errorFixes(fingerprint)).toEqual([]);
  });
});

describe('one failure that is told in two ways', () => {
  const inspect = (code: number, killed: boolean): string =>
    ['Status:         exited', `OOMKilled:      ${killed ? 'True' : 'False'}`, `Exit Code:      ${code}`].join('\n');
  /** The summary: what is inspected, the events, and the log, which begins with the command as the shell printed it. */
  const summary = (code: number, log: string, killed = false): string =>
    [
      'SANDBOX DIAGNOSTICS SUMMARY',
      inspect(code, killed),
      'EVENTS',
      'Status:     exited',
      'LOGS (last 50 lines)',
      "2026-11-23T04:12:04.1Z + exec python3 -c 'import time;time.sleep:8'",
      '2026-11-23T04:12:04.2Z + exec bash -c \'python3 -c "',
      '2026-11-23T04:12:04.2Z time.sleep(8)',
      `2026-11-23T04:12:04.2Z "; exit 1'`,
      "2026-11-23T04:12:04.3Z + echo 'it'\\''s' 'it'\"'\"'s'",
      `2026-11-23T04:12:14.1Z ${log}`,
    ].join('\n');
  const events = (code: number, killed = false): string =>
    [
      `CONTAINER_EXITED_ERROR: Sandbox container exited with code ${code}.`,
      'Status:     exited',
      ...(killed ? ['Event:      OOMKilled - container was killed due to out-of-memory'] : []),
      `Event:      Exited with code ${code}`,
    ].join('\n');
  const told = (texts: readonly [text: string, exitCode: number | null, atMs: number, source?: string][]) => {
    const { monitor, box } = scene();
    const base = { sandboxId: box.id, commandId: null, commandLine: null };
    for (const [said, exitCode, atMs, source = 'diagnostics'] of texts) {
      monitor.error({ ...base, source, text: said, exitCode, atMs: t0 + atMs });
    }
    const { errors } = monitor.view(t0 + 60_000);
    return { errors, records: monitor.drain().filter(({ kind }) => kind === 'error') };
  };
  const crash = 'Segmentation fault (core dumped)';
  const [read, heard] = [summary(139, crash), events(139)];

  it.each([
    ['the log first', [read, null, 0] as const, [heard, 139, 250] as const],
    ['the events first', [heard, 139, 0] as const, [read, null, 250] as const],
  ])('is one error, %s', (_, first, second) => {
    const { errors, records } = told([[...first], [...second]]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      pattern: 'segfault',
      count: 1,
      firstSeenAtMs: t0,
      lastSeenAtMs: t0,
      exitCode: 139,
    });
    expect(errors[0]?.places).toBeUndefined();
    expect(errors[0]?.line).toContain('exited with code 139');
    expect(records).toHaveLength(1);
  });

  it('is shown with the place that one of them names', () => {
    const placed = summary(139, `app/run.py:12: ${crash}`);
    for (const texts of [
      [placed, heard],
      [heard, placed],
    ]) {
      const { errors } = told(texts.map((each, no) => [each, each === heard ? 139 : null, no]));
      expect(errors).toMatchObject([{ count: 1, exitCode: 139, places: [{ path: 'app/run.py', line: 12 }] }]);
    }
  });

  it('is another one later on, of another kind, or where a person saw it', () => {
    expect(
      told([
        [read, null, 0],
        [heard, 139, 31_000],
      ]).errors,
    ).toHaveLength(2);
    expect(
      told([
        [read, null, 0],
        [events(143), 143, 250],
      ]).errors,
    ).toHaveLength(2);
    expect(
      told([
        [read, null, 0],
        [heard, 139, 250, 'terminal'],
      ]).errors,
    ).toHaveLength(2);
  });

  it('is one out of memory too, and none of an end that was another', () => {
    expect(
      told([
        [summary(137, 'Killed', true), null, 0],
        [events(137, true), 137, 250],
      ]).errors,
    ).toMatchObject([{ pattern: 'oom-killed', count: 1, exitCode: 137 }]);
    for (const code of [0, 1]) {
      expect(
        told([
          [summary(code, 'Killed', true), null, 0],
          [events(code, true), code, 250],
        ]).errors,
      ).toEqual([]);
    }
  });
});
