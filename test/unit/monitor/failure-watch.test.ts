import { describe, expect, it } from 'vitest';
import { calmForecast, errorEvent, id, memoryReading, sampleAt, scene, t0 } from './scene.ts';

describe('errors', () => {
  it('are counted by fingerprint, whatever the port', () => {
    const { monitor } = scene();
    monitor.error(errorEvent());
    monitor.error(errorEvent({ text: 'Error: listen EADDRINUSE: address already in use :::8080', atMs: t0 + 5000 }));
    monitor.error(errorEvent({ text: 'bash: frobnicate: command not found', exitCode: 127, atMs: t0 + 6000 }));
    expect(monitor.view(t0).errors).toMatchObject([
      { pattern: 'command-not-found', count: 1 },
      { pattern: 'port-in-use', count: 2, firstSeenAtMs: t0, lastSeenAtMs: t0 + 5000 },
    ]);
  });

  it('are helped against in the folder their source tells, else in that of their command', () => {
    const { monitor } = scene();
    const cwds = () =>
      new Set(
        monitor
          .view(t0)
          .errors.flatMap((error) => monitor.errorFixes(error.fingerprint))
          .map(({ cwd }) => cwd),
      );
    const cwd = '/srv/docs';
    monitor.observe({
      kind: 'command-started',
      sandboxId: id,
      commandId: 'c',
      atMs: t0,
      commandLine: 'npm start',
      cwd,
    });
    monitor.error(errorEvent({ commandId: 'c', cwd: '/srv/api' }));
    expect(cwds()).toEqual(new Set(['/srv/api']));
    monitor.error(errorEvent({ commandId: 'c', cwd: null }));
    expect(cwds()).toEqual(new Set(['/srv/docs']));
    monitor.error(errorEvent({ commandId: null }));
    expect(cwds()).toEqual(new Set([null]));
  });

  describe('with 137', () => {
    const counted = (seconds: number, oomKillCount: number) =>
      sampleAt(seconds, 0.2, { memory: memoryReading(0.2, { oomKillCount }) });
    const killed = (atMs: number) =>
      errorEvent({ commandId: 'c', commandLine: 'npm test', exitCode: 137, text: 'Killed', atMs });
    const running = () => {
      const each = scene();
      each.monitor.observe({
        kind: 'command-started',
        sandboxId: id,
        commandId: 'c',
        atMs: t0,
        commandLine: 'npm test',
        cwd: null,
      });
      each.feed(counted(1, 0), calmForecast());
      const patterns = () =>
        each.monitor.view(t0).errors.map(({ pattern, lastSeenAtMs }) => [pattern, lastSeenAtMs - t0]);
      return { ...each, patterns };
    };

    it('are out of memory when the counter had risen while the command ran', () => {
      const { monitor, feed, patterns } = running();
      feed(counted(3, 1), calmForecast());
      monitor.error(killed(t0 + 3000));
      expect(patterns()).toEqual([['oom-killed', 3000]]);
    });

    it('wait for the counter, which is read after the shell has spoken, and are said once', () => {
      const { monitor, feed, patterns, told } = running();
      told();
      monitor.error(killed(t0 + 1500));
      expect(patterns()).toEqual([]);
      feed(counted(2, 0), calmForecast());
      expect(patterns()).toEqual([]);
      feed(counted(3, 1), calmForecast());
      expect(patterns()).toEqual([['oom-killed', 1500]]);
      expect(told().filter((word) => word.startsWith('error'))).toEqual(['error oom-killed']);
    });

    it('are a kill of somebody else when the counter has not risen after seconds', () => {
      const { monitor, tick, patterns } = running();
      monitor.error(killed(t0 + 1500));
      tick(5);
      expect(patterns()).toEqual([]);
      tick(6);
      expect(patterns()).toEqual([['sigkill-unknown', 1500]]);
    });

    it('are decided at once where no sample comes that could tell, or the same command ends well', () => {
      const over = running();
      over.monitor.error(killed(t0 + 1500));
      over.monitor.gone(t0 + 2000);
      expect(over.patterns()).toEqual([['sigkill-unknown', 1500]]);
      const again = running();
      again.monitor.error(killed(t0 + 1500));
      const c = { sandboxId: id, commandId: 'd' };
      again.monitor.observe({ ...c, kind: 'command-started', atMs: t0 + 1600, commandLine: 'npm test', cwd: null });
      again.monitor.observe({ ...c, kind: 'command-ended', atMs: t0 + 1900, exitCode: 0 });
      expect(again.monitor.view(t0).errors[0]).toMatchObject({ pattern: 'sigkill-unknown', solvedAtMs: t0 + 1900 });
    });

    it('are forgotten with the past', () => {
      const { monitor, tick, patterns } = running();
      monitor.error(killed(t0 + 1500));
      monitor.forgetPast(t0 + 1600);
      tick(9);
      expect(patterns()).toEqual([]);
    });
  });

  it('that the system tells twice of one failure count once', () => {
    const { monitor } = scene();
    const told = { source: 'diagnostics' as const, exitCode: null, text: 'no space left on device' };
    monitor.error(errorEvent({ ...told, atMs: t0 }));
    monitor.drain();
    monitor.error(errorEvent({ ...told, atMs: t0 + 2000 }));
    expect(monitor.drain()).toEqual([]);
    expect(monitor.view(t0).errors).toMatchObject([{ count: 1 }]);
    monitor.error(errorEvent({ ...told, atMs: t0 + 120_000 }));
    monitor.error(errorEvent({ ...told, source: 'terminal', exitCode: 1, atMs: t0 + 121_000 }));
    expect(monitor.view(t0).errors).toMatchObject([{ count: 3 }]);
  });

  it('are no errors when the command ended well or the person stopped it', () => {
    const { monitor } = scene();
    monitor.error(errorEvent({ exitCode: 0 }));
    monitor.error(errorEvent({ exitCode: 130 }));
    expect(monitor.view(t0).errors).toEqual([]);
  });
});
