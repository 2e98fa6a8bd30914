import { describe, expect, it } from 'vitest';
import { createErrorInbox, type InboxItem, lastPart } from '../../../src/app/error-inbox.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import { Problem } from '../../../src/model/problem.ts';
import { KeptLog } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeQueue } from '../../helpers/fake-queue.ts';

const anError = (text: string, sandboxId = 'a'): ErrorEvent => ({
  sandboxId,
  commandId: null,
  commandLine: null,
  source: 'test',
  text,
  exitCode: 1,
  atMs: 0,
});

const setUp = () => {
  const clock = new FakeClock();
  const log = new KeptLog();
  const tasks = new Tasks();
  const known = new Set(['a']);
  const routed: InboxItem[] = [];
  const inbox = createErrorInbox({
    clock,
    log,
    random: () => 0.5,
    tasks,
    route: (item) => {
      if (!known.has(item.sandboxId)) return false;
      routed.push(item);
      return true;
    },
  });
  const texts = (): string[] => routed.map((item) => ('kind' in item ? item.kind : item.text));
  return { clock, log, tasks, known, routed, inbox, texts };
};

describe('the error inbox', () => {
  it('hands over errors and commands in order', async () => {
    const { clock, inbox, texts } = setUp();
    inbox.push(anError('one'));
    inbox.push({ kind: 'command-ended', sandboxId: 'a', commandId: 'c', atMs: 0, exitCode: 1 });
    inbox.push(anError('two'));
    expect(texts()).toEqual([]);
    await clock.advance(0);
    expect(texts()).toEqual(['one', 'command-ended', 'two']);
  });

  it('drops the oldest of a flood, says how many, and does not hand over all in one turn', async () => {
    const { clock, inbox, routed, log, texts } = setUp();
    for (let index = 0; index < 1_500; index += 1) inbox.push(anError(`e${index}`));
    await clock.advance(0);
    expect(routed).toHaveLength(1_000);
    expect(texts()[0]).toBe('e500');
    expect(log.lines.join()).toContain('500 errors or commands');
    expect(clock.pending).toBe(0);
  });

  it('keeps the end of a long text, cut between characters', async () => {
    const { clock, inbox, routed } = setUp();
    const long = `${'€'.repeat(40_000)}the end`;
    inbox.push(anError(long));
    inbox.push({
      kind: 'command-started',
      sandboxId: 'a',
      commandId: 'c',
      atMs: 0,
      commandLine: 'x'.repeat(50_000),
      cwd: null,
    });
    await clock.advance(0);
    const [error, command] = routed;
    if (error === undefined || 'kind' in error) throw new Error('the error did not come first');
    if (command === undefined || !('commandLine' in command) || command.commandLine === null)
      throw new Error('no command');
    expect(new TextEncoder().encode(error.text).length).toBeLessThanOrEqual(65_536);
    expect(error.text).toMatch(/^€+the end$/);
    expect(command.commandLine).toHaveLength(8_192);
    expect(lastPart('short')).toBe('short');
    expect(lastPart('x'.repeat(70_000))).toHaveLength(65_536);
    expect(lastPart(`${'😀'.repeat(30_000)}`).length).toBe(32_768);
  });

  it('keeps what comes for a sandbox that is not known yet', async () => {
    const { clock, inbox, known, texts } = setUp();
    inbox.push(anError('early', 'b'));
    await clock.advance(0);
    expect(texts()).toEqual([]);
    known.add('b');
    inbox.sandboxesChanged();
    await clock.advance(0);
    expect(texts()).toEqual(['early']);
    for (let index = 0; index < 300; index += 1) inbox.push(anError(`e${index}`, 'c'));
    await clock.advance(0);
    known.add('c');
    inbox.sandboxesChanged();
    await clock.advance(0);
    expect(texts()).toHaveLength(101);
    expect(texts().at(-1)).toBe('e299');
  });

  it('reads a source until it is told to stop', async () => {
    const { clock, inbox, tasks, texts } = setUp();
    let queue: FakeQueue<InboxItem> | undefined;
    const off = inbox.addSource({
      name: 'terminal',
      events: (signal) => {
        queue = new FakeQueue<InboxItem>(signal);
        return queue;
      },
    });
    queue?.push(anError('one'));
    await clock.advance(0);
    off();
    queue?.push(anError('two'));
    await clock.advance(1_000);
    expect(texts()).toEqual(['one']);
    expect(tasks.count).toBe(0);
  });

  it('reads a source that fails again, after a growing wait, and logs it', async () => {
    const { clock, inbox, log } = setUp();
    let reads = 0;
    const off = inbox.addSource({
      name: 'shaky',
      events: async function* () {
        reads += 1;
        if (reads < 0) yield anError('never');
        throw new Error('it broke');
      },
    });
    await clock.advance(60_000);
    expect(reads).toBeGreaterThan(4);
    expect(reads).toBeLessThan(12);
    expect(log.lines.filter((line) => line.includes('shaky could not be read: it broke')).length).toBe(reads);
    off();
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it('does not read again a source that ended by itself or has nothing to tell', async () => {
    const { clock, inbox, tasks } = setUp();
    let reads = 0;
    inbox.addSource({
      name: 'empty',
      events: async function* () {
        reads += 1;
        if (reads < 0) yield anError('never');
      },
    });
    inbox.addSource({
      name: 'none',
      events: async function* () {
        reads += 1;
        if (reads < 0) yield anError('never');
        throw new Problem('not-supported', 'no errors here');
      },
    });
    await clock.advance(120_000);
    expect(reads).toBe(2);
    expect(tasks.count).toBe(0);
  });

  it('takes nothing and keeps no timer after its end', async () => {
    const { clock, inbox, texts } = setUp();
    inbox.push(anError('one'));
    inbox.dispose();
    inbox.push(anError('two'));
    inbox.addSource({ name: 'late', events: () => new FakeQueue<InboxItem>(AbortSignal.abort()) })();
    await clock.advance(1_000);
    expect(texts()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
