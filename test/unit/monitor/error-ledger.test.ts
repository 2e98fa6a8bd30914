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
