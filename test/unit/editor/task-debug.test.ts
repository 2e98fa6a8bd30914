import { describe, expect, it } from 'vitest';
import { DebugOutput } from '../../../src/editor/debug-output.ts';
import { taskFailure, taskLine } from '../../../src/editor/text/task-text.ts';

const output = (text: string, category = 'stderr') => ({
  type: 'event',
  event: 'output',
  body: { category, output: text },
});
const exited = (exitCode: number) => ({ type: 'event', event: 'exited', body: { exitCode } });

describe('a debugged program', () => {
  it('is told of by the end of its error output when it failed', () => {
    const one = new DebugOutput();
    one.message(output('starting\n', 'stdout'));
    one.message(output('Error: boom\n'));
    one.message(exited(1));
    expect(one.ended()).toEqual({ text: 'Error: boom\n', exitCode: 1 });
  });

  it('is not when it ended well or said nothing', () => {
    const well = new DebugOutput();
    well.message(output('Error: caught\n'));
    well.message(exited(0));
    expect(well.ended()).toBeNull();
    expect(new DebugOutput().ended()).toBeNull();
    const unknown = new DebugOutput();
    unknown.message(output('Error: boom\n'));
    expect(unknown.ended()).toBeNull();
    unknown.message({ type: 'event', event: 'terminated', body: {} });
    expect(unknown.ended()).toEqual({ text: 'Error: boom\n', exitCode: null });
  });

  it('may say what it likes', () => {
    const one = new DebugOutput();
    for (const odd of [null, 7, 'text', {}, { type: 'event', event: 'output' }, output(7 as unknown as string)])
      one.message(odd);
    for (let index = 0; index < 40; index += 1) one.message(output('x'.repeat(10_000)));
    one.message(output('the end'));
    one.message(exited(1));
    const text = one.ended()?.text ?? '';
    expect(text.length).toBeLessThanOrEqual(64 * 1024);
    expect(text.endsWith('the end')).toBe(true);
  });
});

describe('a task', () => {
  it('has a command line only where it can be run again as it is', () => {
    expect(taskLine({ line: 'npm test | tee out', words: [] })).toBe('npm test | tee out');
    expect(taskLine({ line: `node \${file}`, words: [] })).toBeNull();
    expect(taskLine({ line: null, words: ['make', '-j2', 'all'] })).toBe('make -j2 all');
    expect(taskLine({ line: null, words: ['echo', '$(id)'] })).toBeNull();
    expect(taskLine({ line: null, words: [] })).toBeNull();
  });

  it('is named where its exit code says nothing', () => {
    expect(taskFailure('build', 2)).toBe('Task build failed');
    expect(taskFailure('build', 137)).toBe('');
    expect(taskFailure('build\n\u202eall', 2)).toBe('Task build all failed');
    expect(taskFailure('😀'.repeat(200), 2)).toBe(`Task ${'😀'.repeat(119)}… failed`);
  });
});
