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

  it('with 137 are out of memory when the counter rose while the command ran, and not when it did not', () => {
    const { monitor, feed: give } = scene();
    monitor.observe({
      kind: 'command-started',
      sandboxId: id,
      commandId: 'c',
      atMs: t0,
      commandLine: 'npm test',
      cwd: null,
    });
    give(sampleAt(1), calmForecast());
    monitor.error(errorEvent({ commandId: 'c', exitCode: 137, text: 'Killed', atMs: t0 + 2000 }));
    give(sampleAt(3, 0.2, { memory: memoryReading(0.2, { oomKillCount: 1 }) }), calmForecast());
    monitor.error(errorEvent({ commandId: 'c', exitCode: 137, text: '', atMs: t0 + 3000 }));
    expect(monitor.view(t0).errors.map((each) => each.pattern)).toEqual(['oom-killed', 'sigkill-unknown']);
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
