import { describe, expect, it } from 'vitest';
import type { ProcessReading, Sample } from '../../../src/model/sample.ts';
import { calmForecast, id, limitBytes, memoryReading, processReading, sampleAt, scene, t0 } from './scene.ts';

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
