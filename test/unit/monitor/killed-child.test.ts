import { describe, expect, it } from 'vitest';
import type { ProcessReading, Sample } from '../../../src/model/sample.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { createSandboxMonitor, type MonitorRecord, type SandboxMonitor } from '../../../src/monitor/sandbox-monitor.ts';
import {
  calmForecast,
  docker,
  id,
  limitBytes,
  memoryReading,
  processReading,
  risky,
  sampleAt,
  scene,
  t0,
} from './scene.ts';

const node = processReading(412, 'node', 0.4 * limitBytes);
const java = processReading(413, 'java', 0.3 * limitBytes);
const shell = processReading(7, 'bash', 2e6);

/** A list at second 0, and the kernel's count one higher at second 5. */
const killed = (ended: readonly ProcessReading[] | undefined, processes: readonly ProcessReading[], kills = 1) => {
  const each = scene();
  each.feed(sampleAt(0, 0.9, { processes: [node, java, shell] }), calmForecast());
  const memory = memoryReading(0.3, { oomKillCount: kills });
  const more: Partial<Sample> = { memory, processes, ...(ended === undefined ? {} : { ended }) };
  each.feed(sampleAt(5, 0.3, more), calmForecast());
  const text = (): string => each.monitor.view(t0 + 6000).incidents[0]?.text ?? '';
  const command = (commandId: string, commandLine: string, exitCode: number, second: number): void => {
    const common = { sandboxId: id, commandId } as const;
    each.monitor.observe({ kind: 'command-started', ...common, atMs: t0 + 1000, commandLine, cwd: null });
    each.monitor.observe({ kind: 'command-ended', ...common, atMs: t0 + second * 1000, exitCode });
  };
  return { text, command };
};

describe('a process that the kernel killed', () => {
  it('is named as the probable one when it alone is missing', () => {
    expect(killed([node], [java, shell]).text()).toContain('killed a process, probably node (pid 412).');
    expect(killed(undefined, [java, shell]).text()).toContain('killed a process, probably node (pid 412).');
  });

  it('is not named while it still runs, or while more are missing than were killed', () => {
    expect(killed([], [shell]).text()).toContain('the kernel killed a process. ');
    expect(killed([node, java], [shell]).text()).toContain('the kernel killed a process. ');
    expect(killed([node, java], [shell], 2).text()).toContain(
      '2 processes, probably node (pid 412) and java (pid 413).',
    );
  });

  it('is not named when only a small one is gone beside large ones that live on', () => {
    expect(killed([shell], [node, java]).text()).toContain('the kernel killed a process. ');
  });

  it('is told by the one command that ended with 137, before or after', () => {
    const { text, command } = killed([], [node, java, shell]);
    command('a', 'npm test', 1, 6);
    expect(text()).toContain('the kernel killed a process. ');
    command('b', 'npm run build', 137, 6);
    expect(text()).toContain('killed a process, probably of the command npm run build, which ended with 137.');
  });

  it('keeps its own name, which says more', () => {
    const { text, command } = killed([node], [java, shell]);
    command('b', 'npm run build', 137, 6);
    expect(text()).toContain('probably node (pid 412).');
  });

  it('is not told by a command when two ended so, or it was long before', () => {
    const two = killed([], [node, java, shell]);
    two.command('a', 'npm run build', 137, 70);
    expect(two.text()).toContain('the kernel killed a process. ');
    const each = scene();
    for (const [commandId, commandLine] of [
      ['a', 'npm run build'],
      ['b', 'make all'],
    ] as const) {
      const common = { sandboxId: id, commandId };
      each.monitor.observe({ kind: 'command-started', ...common, atMs: t0, commandLine, cwd: null });
      each.monitor.observe({ kind: 'command-ended', ...common, atMs: t0 + 4000, exitCode: 137 });
    }
    each.feed(sampleAt(0, 0.9), calmForecast());
    each.feed(sampleAt(5, 0.3, { memory: memoryReading(0.3, { oomKillCount: 1 }) }), calmForecast());
    expect(each.monitor.view(t0 + 6000).incidents[0]?.text).toContain('the kernel killed a process. ');
  });
});

describe('kills that follow each other', () => {
  const worker = (no: number) => processReading(1_000 + no, 'worker', 0.5 * limitBytes);

  /** A sample each second; a kill every `everySeconds` until `kills` were counted, and a list of processes every five. */
  const loop = (everySeconds: number, kills: number, seconds: number) => {
    const each = scene();
    const records: MonitorRecord[] = [];
    for (let second = 0; second <= seconds; second += 1) {
      const count = Math.min(kills, Math.floor(second / everySeconds));
      const lists = second % 5 === 0 ? { processes: [worker(count), shell] } : {};
      each.feed(
        sampleAt(second, 0.5, { memory: memoryReading(0.5, { oomKillCount: count }), ...lists }),
        calmForecast(),
      );
      records.push(...each.monitor.drain());
    }
    const told = records.flatMap((record) => (record.kind === 'incident' ? [record.incident] : []));
    return { ...each, told, shown: each.monitor.view(t0 + seconds * 1000).incidents };
  };

  it('are one incident that counts them, and is told now and then', () => {
    const { told, shown } = loop(3, 20, 200);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.text).toMatch(/the kernel killed 20 processes, among them probably worker \(pid \d+\)/);
    expect(shown[0]?.text.match(/pid/g)).toHaveLength(3);
    expect(told.length).toBeLessThanOrEqual(4);
    expect(told[0]?.text).toContain('the kernel killed a process.');
    expect(told.at(-1)?.text).toBe(shown[0]?.text);
  });

  it('are told anew when they last, and when the one before is long over', () => {
    expect(loop(3, 1_000, 600).shown).toHaveLength(2);
    expect(loop(70, 3, 240).shown).toHaveLength(3);
  });

  it('are told by themselves when they were warned of between', () => {
    const each = scene();
    const count = (oomKillCount: number) => ({ memory: memoryReading(0.6, { oomKillCount }) });
    each.feed(sampleAt(0, 0.6), calmForecast());
    each.feed(sampleAt(1, 0.6, count(1)), calmForecast());
    for (let second = 2; second <= 40; second += 1) each.feed(sampleAt(second, 0.6, count(1)), risky(0.97));
    each.feed(sampleAt(41, 0.6, count(2)), calmForecast());
    const { incidents } = each.monitor.view(t0 + 41_000);
    expect(incidents.map(({ leadMs, warning }) => [leadMs === null, warning?.outcome ?? null])).toEqual([
      [false, 'broke'],
      [true, null],
    ]);
  });

  it('have told how many there were when the sandbox ends, and nothing of what was forgotten', () => {
    const toldAt = (end: (monitor: SandboxMonitor, box: Sandbox) => void): readonly string[] => {
      const { monitor, box, shown } = loop(3, 5, 30);
      expect(shown[0]?.text).toContain('5 processes');
      end(monitor, box);
      return monitor.drain().flatMap((record) => (record.kind === 'incident' ? [record.incident.text] : []));
    };
    const failed = toldAt((monitor, box) =>
      monitor.lifecycle({ ...box, phase: 'failed', rawState: 'Failed' }, t0 + 31_000),
    );
    expect(failed).toEqual([expect.stringContaining('5 processes'), expect.stringContaining('failed')]);
    expect(toldAt((monitor) => monitor.forgetPast(t0 + 31_000))).toEqual([]);
  });

  it('are named by the next list, wherever between two lists they were counted', () => {
    for (const lines of [[10], [8], [6, 8]]) {
      const each = scene();
      for (let second = 0; second <= 10; second += 1) {
        const seen = lines.filter((line) => line <= second).length;
        const oomKillCount = (2 / lines.length) * seen;
        const lists = second % 5 !== 0 ? {} : { processes: second < 10 ? [node, java, shell] : [shell] };
        each.feed(sampleAt(second, 0.5, { memory: memoryReading(0.5, { oomKillCount }), ...lists }), calmForecast());
      }
      const { incidents } = each.monitor.view(t0 + 11_000);
      expect(incidents.map(({ text }) => text)).toEqual([
        expect.stringContaining('killed 2 processes, probably node (pid 412) and java (pid 413).'),
      ]);
    }
  });

  it('are no loop of failures when one of them took others with it', () => {
    const workers = [11, 12, 13, 14].map((pid) => processReading(pid, 'worker', 100e6));
    const monitor = createSandboxMonitor({ sandbox: scene().box, supports: [], capabilities: docker, nowMs: t0 });
    for (let second = 0; second <= 10; second += 1) {
      const processes = second < 10 ? [...workers, shell] : [shell];
      const memory = memoryReading(0.5, { oomKillCount: second < 10 ? 0 : 1 });
      monitor.observe(sampleAt(second, 0.5, { memory, ...(second % 5 === 0 ? { processes } : {}) }));
    }
    const { incidents, forecasts } = monitor.view(t0 + 11_000);
    expect(incidents[0]?.text).toContain('the kernel killed a process. ');
    expect(forecasts.filter(({ signal }) => signal === 'restarts')).toEqual([]);
  });
});
