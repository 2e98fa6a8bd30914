import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import { commandSamples } from '../../../../src/providers/opensandbox/command-samples.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeExecd, type FakeRun } from './fake-execd.ts';
import { FakeLog } from './fake-server.ts';

const idOf = (no: number): string => no.toString(16).padStart(32, '0');
const idsIn = (run: FakeRun | undefined): readonly string[] => [
  ...new Set([...(run?.text ?? '').matchAll(/\b([0-9a-f]{32})\.stdout/g)].map((match) => match[1] ?? '')),
];

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

/** `onCommand` is told each command and its number, from 1. */
const scene = (onCommand: (run: FakeRun, no: number) => void = () => undefined) => {
  const clock = new FakeClock();
  const execd = new FakeExecd();
  execd.onCommand = (run) => onCommand(run, execd.commands.length);
  const samples = commandSamples({
    sandboxId: 'sandbox-1',
    execd: execd.client,
    clock,
    log: new FakeLog(),
    caveat: 'slow',
    signal: stop.signal,
  });
  const seen: Sample[] = [];
  const ended = (async () => {
    for await (const sample of samples) seen.push(sample);
  })().catch((error: unknown) => error);
  return { clock, execd, seen, ended };
};

describe('the probe as commands', () => {
  it('gives a minute of lines in one command, and the next command goes on at the same pace', async () => {
    const { clock, execd, seen } = scene();
    await clock.advance(0);
    const run = execd.commands[0]?.start(idOf(1));
    expect(run?.text).toContain('\nprobe 12 5 1\n');
    expect(run?.timeoutMs).toBeGreaterThan(56_000);
    for (let line = 0; line < 12; line += 1) {
      run?.line(line * 5);
      await clock.advance(line === 11 ? 1000 : 5000);
    }
    run?.end({ kind: 'succeeded' });
    await clock.advance(3900);
    expect(seen).toHaveLength(12);
    expect(execd.commands).toHaveLength(1);
    await clock.advance(200);
    expect(execd.commands).toHaveLength(2);
    expect(idsIn(execd.commands[1])).toEqual([]);
  });

  it('has the next command remove the files of a killed one, once', async () => {
    const { clock, execd } = scene();
    await clock.advance(0);
    for (let no = 0; no < 30; no += 1) {
      const run = execd.commands[no];
      // A killed command that spoke has removed what was before it; only its own files are left.
      expect(idsIn(run)).toEqual(no === 0 ? [] : [idOf(no)]);
      run?.start(idOf(no + 1)).line(no * 5);
      run?.end({ kind: 'failed', exitCode: null, text: 'signal: killed' });
      await clock.advance(5000);
    }
    expect(execd.commands).toHaveLength(31);
  });

  it('says after three commands without a line what they said', async () => {
    const { clock, execd, ended } = scene((run, no) => {
      if (no <= 3) run.start(idOf(no)).end({ kind: 'failed', exitCode: null, text: 'signal: killed' });
      else run.start(idOf(no)).end({ kind: 'succeeded' });
    });
    await clock.advance(20_000);
    expect(await ended).toMatchObject({ kind: 'silent', message: expect.stringContaining('signal: killed') });
    // Three that were killed left three times two files, which the last command removes.
    expect(idsIn(execd.commands[3])).toEqual([idOf(1), idOf(2), idOf(3)]);
    expect(execd.calls).toEqual(['probe', 'probe', 'probe', 'command']);
  });

  it('ends the command it is in when it is stopped, and removes its files', async () => {
    const { clock, execd, ended } = scene((run, no) => {
      if (no > 1) run.start(idOf(9)).end({ kind: 'succeeded' });
    });
    await clock.advance(0);
    execd.commands[0]?.start(idOf(1)).line(0);
    await clock.advance(2000);
    stop.abort();
    await clock.advance(0);
    expect(await ended).toMatchObject({ kind: 'aborted' });
    expect(execd.calls).toEqual(['probe', `kill ${idOf(1)}`, 'command']);
    expect(idsIn(execd.commands[1])).toEqual([idOf(1)]);
    expect(clock.pending).toBe(0);
  });

  it('waits for the id when it is stopped before the command has told it', async () => {
    const { clock, execd, ended } = scene((run, no) => {
      if (no > 1) run.start(idOf(9)).end({ kind: 'succeeded' });
    });
    await clock.advance(0);
    stop.abort();
    await clock.advance(1000);
    expect(execd.commands[0]?.isLeft).toBe(false);
    execd.commands[0]?.start(idOf(1));
    await clock.advance(0);
    expect(await ended).toMatchObject({ kind: 'aborted' });
    expect(execd.calls).toEqual(['probe', `kill ${idOf(1)}`, 'command']);
  });

  it('does not wait for the id for ever', async () => {
    const { clock, execd, ended } = scene();
    await clock.advance(0);
    stop.abort();
    await clock.advance(1600);
    expect(await ended).toMatchObject({ kind: 'aborted' });
    expect(execd.calls).toEqual(['probe']);
  });

  it('asks for nothing more of a sandbox that does not answer', async () => {
    const { clock, execd, ended } = scene();
    execd.killFails = new Problem('timeout', 'no answer');
    await clock.advance(0);
    execd.commands[0]?.start(idOf(1)).line(0);
    await clock.advance(20_000);
    expect(await ended).toMatchObject({ kind: 'silent' });
    expect(execd.calls).toEqual(['probe', `kill ${idOf(1)}`]);
  });

  it('keeps its pace when the clock is set back', async () => {
    const { clock, execd } = scene();
    await clock.advance(0);
    execd.commands[0]?.start(idOf(1)).line(0);
    await clock.advance(100);
    clock.jump(-3_600_000);
    execd.commands[0]?.end({ kind: 'succeeded' });
    await clock.advance(5100);
    expect(execd.commands).toHaveLength(2);
  });
});
