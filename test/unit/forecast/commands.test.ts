import { describe, expect, it } from 'vitest';
import { CommandMemory } from '../../../src/forecast/commands.ts';
import { createForecaster } from '../../../src/forecast/forecaster.ts';
import type { SandboxEvent } from '../../../src/model/events.ts';
import type { CommandPeak } from '../../../src/model/history.ts';
import { forecastAfter, mebibyte, sample, startMs } from './support.ts';

const limitBytes = 256 * mebibyte;
const start = (id: string, seconds: number, commandLine = 'npm run build'): SandboxEvent => ({
  kind: 'command-started',
  sandboxId: 'box',
  commandId: id,
  atMs: startMs + seconds * 1000,
  commandLine,
  cwd: '/app',
});
const end = (id: string, seconds: number, exitCode: number | null = 0): SandboxEvent => ({
  kind: 'command-ended',
  sandboxId: 'box',
  commandId: id,
  atMs: startMs + seconds * 1000,
  exitCode,
});

/** A build of `peakMiB` that lasts 30 s, over a base of 30 MiB, from `from` on. */
function build(id: string, from: number, peakMiB: number, exitCode = 0): SandboxEvent[] {
  const rising = Array.from({ length: 30 }, (_, s) =>
    sample(from + s + 1, { memoryMiB: 30 + (peakMiB * (s + 1)) / 30, anonMiB: 30 + (peakMiB * (s + 1)) / 30 }),
  );
  const rest = Array.from({ length: 19 }, (_, s) => sample(from + 32 + s, { memoryMiB: 30, anonMiB: 30 }));
  return [start(id, from), ...rising, end(id, from + 31, exitCode), ...rest];
}
const quiet = Array.from({ length: 15 }, (_, s) => sample(s, { memoryMiB: 30, anonMiB: 30 }));

/** What other sessions learned of it: so many runs to the same peak. */
const learned = (peakMiB: number, runs: number, tookMs: number | null = null): CommandPeak => ({
  peakBytes: peakMiB * mebibyte,
  runs,
  lastRunAtMs: startMs,
  peaks: [{ peakBytes: peakMiB * mebibyte, weight: runs }],
  tookMs,
});

describe('a command that was seen before', () => {
  it('is known at its start: after it was killed once, the second try is foreseen before it grows', () => {
    const events = [...quiet, ...build('a', 15, 224, 137), start('b', 70), sample(71, { memoryMiB: 31, anonMiB: 31 })];
    const forecast = forecastAfter(createForecaster(), events, 'memory');
    expect(forecast.pBreak120).toBeGreaterThan(0.6);
    expect(forecast.evidence).toContain('npm run build @app took 291 MiB the last time');
  });

  it('that always stopped at 70 % of the limit is no danger while it climbs there', () => {
    const twice = [...quiet, ...build('a', 15, 150), ...build('b', 65, 150)];
    const third = build('c', 115, 150).slice(0, 25);
    const known = forecastAfter(createForecaster(), [...twice, ...third], 'memory');
    const unknown = forecastAfter(
      createForecaster(),
      [...twice, ...third].filter((event) => event.kind === 'sample'),
      'memory',
    );
    expect(known.pBreak120).toBeLessThan(0.15);
    expect(known.pBreak120).toBeLessThanOrEqual(unknown.pBreak120);
  });

  it('takes what other sessions learned from the port', () => {
    const peaks = { peakOf: () => learned(400, 5) };
    const events = [...quiet, start('a', 15), sample(16, { memoryMiB: 31, anonMiB: 31 })];
    const forecast = forecastAfter(createForecaster({ peaks }), events, 'memory');
    expect(forecast.pBreak60).toBeGreaterThan(0.8);
    expect(forecast.evidence).toContain('the last 5 times');
  });

  it('that was killed after twenty minutes is no danger at its start, and one when its time comes', () => {
    const known = learned(400, 3, 20 * 60_000);
    const after = (minutes: number): number => {
      const level = Array.from({ length: minutes * 60 }, (_, s) => sample(16 + s, { memoryMiB: 60, anonMiB: 60 }));
      const forecaster = createForecaster({ peaks: { peakOf: () => known } });
      return forecastAfter(forecaster, [...quiet, start('a', 15, 'npm run dev'), ...level], 'memory').pBreak300;
    };
    expect(after(1)).toBeLessThan(0.05);
    expect(after(18)).toBeGreaterThan(0.25);
    expect(after(18)).toBeGreaterThan(after(12));
  });

  it('that has outlived those before it by far is not going their way', () => {
    const memory = new CommandMemory({ peakOf: () => learned(400, 3, 10_000) });
    memory.used(30 * mebibyte, startMs);
    const event = start('a', 0);
    if (event.kind === 'command-started') memory.started(event);
    const at = (seconds: number) => memory.expectation(limitBytes, startMs + seconds * 1000);
    expect(at(1)?.probability).toBeGreaterThan(0.9);
    expect(at(1)?.within[0]).toBeGreaterThan(0.95);
    expect(at(60)?.probability).toBeLessThan(0.5);
    expect(at(600)?.probability).toBeLessThan(0.01);
    for (const seconds of [0, 5, 20, 60, 200, 1e6]) {
      const [soon = 0, late = 0, latest = 0] = at(seconds)?.within ?? [];
      expect(soon).toBeGreaterThanOrEqual(0);
      expect(late).toBeGreaterThanOrEqual(soon);
      expect(latest).toBeGreaterThanOrEqual(late);
      expect(latest).toBeLessThanOrEqual(1);
    }
  });

  it('says nothing any more once a run goes far beyond what was usual', () => {
    const memory = new CommandMemory(null);
    const observe = (event: SandboxEvent): void => {
      if (event.kind === 'command-started') memory.started(event);
      if (event.kind === 'command-ended') memory.ended(event, false);
    };
    memory.used(30 * mebibyte, startMs);
    observe(start('a', 0));
    memory.used(90 * mebibyte, startMs + 9_000);
    observe(end('a', 10));
    memory.used(30 * mebibyte, startMs + 15_000);
    observe(start('b', 20));
    expect(memory.expectation(limitBytes, startMs)?.probability).toBeLessThan(0.01);
    memory.used(200 * mebibyte, startMs + 25_000);
    expect(memory.expectation(limitBytes, startMs)?.weight).toBeLessThan(0.01);
  });

  it('is forgotten when it never runs again, and many commands take a bounded place', () => {
    const memory = new CommandMemory(null);
    for (let i = 0; i < 500; i++) {
      const event = start(`c${i}`, i, `tool${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]} run`);
      if (event.kind === 'command-started') memory.started(event);
      memory.used(i % 2 === 0 ? 10 * mebibyte : 100 * mebibyte, startMs + i * 1000);
      const ended = end(`c${i}`, i);
      if (i % 3 === 0 && ended.kind === 'command-ended') memory.ended(ended, false);
    }
    expect(memory.expectation(limitBytes, startMs)).not.toBeUndefined();
  });

  it('does not disturb without memory readings or without a limit', () => {
    const forecaster = createForecaster();
    for (const event of [start('a', 0), end('a', 1, null), end('never started', 2), start('b', Number.NaN)]) {
      forecaster.observe(event);
    }
    expect(forecaster.forecasts(startMs)).toEqual([]);
  });
});
