import { describe, expect, it } from 'vitest';
import { metricsText } from '../../../src/app/metrics-text.ts';
import { aSample, MiB } from '../../helpers/fake-provider.ts';
import { memoryForecast, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';

const measured = (id: string, name = id) =>
  sandboxView({ sandbox: sandbox({ id, name }), sample: aSample(id, nowMs), forecasts: [memoryForecast()] });

describe('the text of the metrics', () => {
  it('is empty when nothing was measured', () => {
    expect(metricsText([])).toBe('');
    expect(metricsText([sandboxView()])).toBe('');
  });

  it('names each family once, before the readings of all sandboxes', () => {
    const text = metricsText([measured('a'), measured('b')]);
    const lines = text.split('\n').filter((line) => line.includes('memory_working_set_bytes'));
    expect(lines).toEqual([
      '# HELP sandbox_foresight_memory_working_set_bytes Memory without inactive file pages.',
      '# TYPE sandbox_foresight_memory_working_set_bytes gauge',
      `sandbox_foresight_memory_working_set_bytes{sandbox_id="a",sandbox_name="a",provider="openSandbox",source="cgroup"} ${100 * MiB}`,
      `sandbox_foresight_memory_working_set_bytes{sandbox_id="b",sandbox_name="b",provider="openSandbox",source="cgroup"} ${100 * MiB}`,
    ]);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).toContain('# TYPE sandbox_foresight_memory_oom_kills_total counter\n');
  });

  it('tells the pressure of each signal that has one', () => {
    const expiry = memoryForecast({ signal: 'expiry', pressure: 0.5 });
    const disk = memoryForecast({ signal: 'disk', pressure: null });
    const text = metricsText([sandboxView({ ...measured('a'), forecasts: [memoryForecast(), expiry, disk] })]);
    expect(text.split('\n').filter((line) => line.startsWith('sandbox_foresight_pressure_ratio'))).toEqual([
      'sandbox_foresight_pressure_ratio{sandbox_id="a",sandbox_name="a",provider="openSandbox",signal="memory"} 0.71',
    ]);
  });

  it('leaves out what a sample does not tell, and numbers that are none', () => {
    const view = sandboxView({
      sample: aSample('a', nowMs, { cpu: { usedCores: Number.NaN, limitCores: null, throttledRatio: null } }),
    });
    expect(metricsText([view])).not.toMatch(/cpu|swap|NaN|null|undefined/);
  });

  it('keeps a name with quotes, backslashes and line breaks within its label', () => {
    const text = metricsText([measured('a', 'x"} 1\n\\y')]);
    expect(text).toContain('sandbox_name="x\\"} 1\\n\\\\y"');
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) |sandbox_foresight_\w+\{.*\} [\d.e+-]+$)/);
  });

  it('tells what was read last of what not every sample looks at', () => {
    const disk = memoryForecast({ signal: 'disk', used: 300, limit: 400 });
    const inodes = memoryForecast({ signal: 'inodes', used: 7, limit: null });
    const text = metricsText([sandboxView({ ...measured('a'), forecasts: [memoryForecast(), disk, inodes] })]);
    const labels = '{sandbox_id="a",sandbox_name="a",provider="openSandbox",source="cgroup"}';
    expect(text.split('\n').filter((line) => /^sandbox_foresight_(disk|inodes)/.test(line))).toEqual([
      `sandbox_foresight_disk_used_bytes${labels} 300`,
      `sandbox_foresight_disk_limit_bytes${labels} 400`,
      `sandbox_foresight_inodes_used${labels} 7`,
    ]);
  });
});
