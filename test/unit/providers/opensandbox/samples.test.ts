import { afterEach, describe, expect, it } from 'vitest';
import { isProblem, Problem } from '../../../../src/model/problem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import type { ExecdAccess } from '../../../../src/providers/opensandbox/access.ts';
import { AgentLife } from '../../../../src/providers/opensandbox/agent-life.ts';
import { SampleStreams } from '../../../../src/providers/opensandbox/samples.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeExecd, type FakeRun } from './fake-execd.ts';
import { FakeLog, sandboxWith } from './fake-server.ts';

const noFork = 'bash: fork: Cannot allocate memory';
const noBash = 'error running in session. start bash: exec: "bash": executable file not found in $PATH';
const noShell = 'exec: "sh": executable file not found in $PATH';
const unknownPath = new Problem('not-supported', 'answered 404: the server does not know this path', { status: 404 });
const machine = { cpu_count: 2, cpu_used_pct: 1, mem_total_mib: 1000, mem_used_mib: 10 };
const speak = (run: FakeRun): void => void run.start('session-1').line(1);
const failToFork = (run: FakeRun): void => {
  run.start('session-1');
  run.events.push({ kind: 'stdout', line: noFork });
  run.end({ kind: 'failed', exitCode: 254, text: 'exit status 254' });
};

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

const scene = () => {
  const clock = new FakeClock();
  const execd = new FakeExecd();
  const log = new FakeLog();
  const holds: string[] = [];
  const access: Pick<ExecdAccess, 'reach' | 'hold' | 'forget' | 'ask' | 'life'> = {
    life: new AgentLife(clock),
    reach: async () => ({ way: 'direct', execd: execd.client }),
    hold: (id) => {
      holds.push(`hold ${id}`);
      return () => void holds.push(`release ${id}`);
    },
    forget: () => undefined,
    ask: async () => 'answers',
  };
  const streams = new SampleStreams({
    access: access as ExecdAccess,
    find: async () => sandboxWith(),
    clock,
    log,
  });
  const open = () => streams.open('sandbox-1', { signal: stop.signal, mayRenew: false });
  /** The first sample of a new connection, or the problem it ended with. */
  const connect = async (forMs = 0): Promise<Sample | Problem> => {
    const samples = open();
    const first = samples.next().then(
      ({ value }) => value ?? new Problem('clean-end', 'no sample'),
      (error: unknown) => {
        if (isProblem(error)) return error;
        throw error;
      },
    );
    await clock.advance(forMs);
    const outcome = await first;
    const left = samples.return(undefined);
    await clock.advance(5000);
    await left;
    return outcome;
  };
  return { clock, execd, log, holds, open, connect };
};

describe('the way to measure', () => {
  it('is held as long as samples come', async () => {
    const { clock, execd, holds, open } = scene();
    execd.onSession = speak;
    const samples = open();
    await samples.next();
    expect(holds).toEqual(['hold sandbox-1']);
    const left = samples.return(undefined);
    await clock.advance(5000);
    await left;
    expect(holds).toEqual(['hold sandbox-1', 'release sandbox-1']);
  });

  it('is not given up for a start that failed for want of memory, and the reason is said', async () => {
    const { execd, connect } = scene();
    execd.onSession = failToFork;
    execd.onCommand = (run) => run.start('a'.repeat(32)).end({ kind: 'refused', text: `fork/exec /bin/sh: ${noFork}` });
    execd.metrics = [machine];
    const first = await connect();
    expect(first).toMatchObject({ kind: 'server-error', message: expect.stringContaining(noFork) });
    execd.onSession = speak;
    expect(await connect()).toMatchObject({ kind: 'sample', source: 'cgroup', caveat: null, cadenceMs: 1000 });
    expect(execd.calls).not.toContain('probe');
    expect(execd.calls).not.toContain('metrics');
  });

  it('is not given up for a probe that is starved and says nothing', async () => {
    const { clock, execd, open, connect } = scene();
    execd.onSession = (run) => run.start('session-1');
    const first = open().next();
    const ended = expect(first).rejects.toMatchObject({ kind: 'silent', message: expect.stringContaining('started') });
    for (let second = 0; second < 10; second += 3) {
      execd.sessions[0]?.events.push({ kind: 'other' });
      await clock.advance(3000);
    }
    await ended;
    execd.onSession = speak;
    expect(await connect()).toMatchObject({ source: 'cgroup', caveat: null });
  });

  it('is not given up for a session that could not be made this time', async () => {
    const { execd, connect } = scene();
    execd.noSession = new Problem('server-error', `answered 500: start bash: fork/exec /bin/bash: ${noFork}`, {
      status: 500,
      code: 'RUNTIME_ERROR',
    });
    expect(await connect()).toMatchObject({ kind: 'server-error' });
    execd.noSession = null;
    execd.onSession = speak;
    expect(await connect()).toMatchObject({ source: 'cgroup', caveat: null });
    expect(execd.calls).not.toContain('probe');
  });

  it('goes down to commands without bash, and stays there', async () => {
    const { execd, connect } = scene();
    execd.onSession = (run) => run.start('session-1').end({ kind: 'refused', text: noBash });
    execd.onCommand = (run) => void run.start('a'.repeat(32)).line(1);
    const expected = { source: 'cgroup', caveat: 'slow: no bash in the image', cadenceMs: 5000 };
    expect(await connect()).toMatchObject(expected);
    expect(await connect()).toMatchObject(expected);
    expect(execd.calls.filter((call) => call === 'session')).toHaveLength(1);
  });

  it('names the missing route, not the image, where execd has no sessions', async () => {
    const { execd, connect } = scene();
    execd.noSession = unknownPath;
    execd.onCommand = (run) => void run.start('a'.repeat(32)).line(1);
    expect(await connect()).toMatchObject({ caveat: 'slow: this version of execd has no sessions' });
    expect(execd.calls.slice(0, 4)).toEqual(['session', 'ping', 'session', 'probe']);
  });

  it('is not given up for a path that what stands before execd did not know for a moment', async () => {
    const { execd, connect } = scene();
    execd.onSession = speak;
    execd.onCommand = (run) => void run.start('a'.repeat(32)).line(1);
    execd.noSession = unknownPath;
    execd.noPing = unknownPath;
    expect(await connect()).toMatchObject({ kind: 'unexpected-answer', status: 404 });
    execd.noPing = null;
    const ping = execd.ping.bind(execd);
    // The proxy is back between the two.
    execd.ping = () => {
      execd.noSession = null;
      return ping();
    };
    const best = { source: 'cgroup', caveat: null, cadenceMs: 1000 };
    expect(await connect()).toMatchObject(best);
    expect(await connect()).toMatchObject(best);
    expect(execd.calls).not.toContain('probe');
  });

  it('goes down to the machine only without any shell, and a command refused for want of memory is no such sign', async () => {
    const { execd, connect } = scene();
    execd.onSession = (run) => run.start('session-1').end({ kind: 'refused', text: noBash });
    execd.onCommand = (run) => run.start('a'.repeat(32)).end({ kind: 'refused', text: `fork/exec /bin/sh: ${noFork}` });
    execd.metrics = [machine];
    expect(await connect(10_000)).toMatchObject({ kind: 'server-error' });
    execd.onCommand = (run) => run.start('a'.repeat(32)).end({ kind: 'refused', text: noShell });
    const expected = { source: 'machine', caveat: expect.stringMatching(/^machine: the image has no shell/) };
    expect(await connect()).toMatchObject(expected);
    expect(await connect()).toMatchObject(expected);
    expect(execd.calls.filter((call) => call === 'session')).toHaveLength(2);
  });

  it('is the slow probe for a while where the fast one keeps failing, and the fast one again afterwards', async () => {
    const { clock, execd, open, connect } = scene();
    execd.onSession = failToFork;
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await connect()).toMatchObject({ kind: 'server-error' });
    let seconds = 0;
    execd.onCommand = (run) => {
      seconds += 5;
      run.start('a'.repeat(32)).line(seconds).end({ kind: 'succeeded' });
    };
    execd.onSession = speak;
    const samples = open();
    const seen: Sample[] = [];
    const reading = (async () => {
      for await (const sample of samples) {
        seen.push(sample);
        if (sample.cadenceMs === 1000) break;
      }
    })();
    await clock.advance(119_000);
    expect(seen.length).toBeGreaterThan(20);
    for (const sample of seen) {
      expect(sample).toMatchObject({ source: 'cgroup', caveat: 'slow: the fast probe does not start' });
    }
    await clock.advance(10_000);
    await reading;
    expect(seen.at(-1)).toMatchObject({ caveat: null, cadenceMs: 1000 });
  });
});
