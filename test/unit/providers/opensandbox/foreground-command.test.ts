import { describe, expect, it } from 'vitest';
import { BackgroundWork } from '../../../../src/providers/opensandbox/background-work.ts';
import { ExecdClient } from '../../../../src/providers/opensandbox/execd-client.ts';
import { runToEnd } from '../../../../src/providers/opensandbox/foreground-command.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeExecd } from './fake-execd.ts';
import { bodyOf, FakeLog, FakeNetwork, never } from './fake-server.ts';

const id = '0123456789abcdef0123456789abcdef';
const stream = (...events: readonly object[]): Response =>
  new Response(events.map((event) => `${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  });
const init = { type: 'init', text: id };
const failure = (evalue: string) => ({ type: 'error', error: { ename: 'CommandExecError', evalue, traceback: [] } });

const execdOn = (answer: ConstructorParameters<typeof FakeNetwork>[0]) => {
  const network = new FakeNetwork(answer);
  const clock = new FakeClock();
  const address = { baseUrl: 'http://10.0.0.7/proxy/44772', headers: {}, secretHeaders: [] };
  const execd = new ExecdClient({ transport: network, clock, log: new FakeLog(), work: new BackgroundWork(), address });
  const run = (argv: readonly string[], timeoutMs = 5000, signal: AbortSignal = never) =>
    runToEnd(execd, argv, timeoutMs, signal, { clock, log: new FakeLog() });
  return { network, clock, run };
};

describe('runToEnd', () => {
  it('puts lines together again and infers the exit code', async () => {
    const { network, run } = execdOn(() =>
      stream(
        init,
        { type: 'ping', text: 'pong' },
        { type: 'stdout', text: 'one' },
        { type: 'stderr', text: 'careful' },
        { type: 'stdout', text: '\n' },
        { type: 'stdout', text: 'three' },
        { type: 'execution_complete' },
      ),
    );
    expect(await run(['echo', 'x'])).toEqual({
      exitCode: 0,
      stdout: 'one\n\nthree\n',
      stderr: 'careful\n',
      truncated: false,
    });
    expect(network.calls).toEqual(['POST /proxy/44772/command']);
    // What execd would end by SIGKILL is ended by us before.
    expect(bodyOf(network.requests[0])).toMatchObject({ timeout: 11_000 });
  });

  it.each([
    ['3', 3],
    ['137', 137],
    ['-1', null],
  ])('tells that it failed with %s', async (evalue, exitCode) => {
    const { run } = execdOn(({ url, method }) =>
      method === 'DELETE' || url.pathname !== '/proxy/44772/command' ? '' : stream(init, failure(evalue)),
    );
    expect((await run(['false'])).exitCode).toBe(exitCode);
  });

  it('quotes every argument', async () => {
    const { network, run } = execdOn(() => stream(init, { type: 'execution_complete' }));
    await run(['rm', "it's; $(x)", '']);
    const { command } = bodyOf(network.requests[0]) as { command: string };
    expect(command.split('\n')).toContain(`'rm' 'it'\\''s; $(x)' ''`);
  });

  it('ends the command and removes its files when the connection is lost', async () => {
    const { network, run } = execdOn((_request, count) => {
      if (count === 1) return stream(init, { type: 'stdout', text: 'begun' });
      return count === 2 ? '' : stream({ type: 'init', text: id }, { type: 'execution_complete' });
    });
    await expect(run(['sleep', '9'])).rejects.toMatchObject({ kind: 'clean-end' });
    expect(network.calls).toEqual([
      'POST /proxy/44772/command',
      `DELETE /proxy/44772/command?id=${id}`,
      'POST /proxy/44772/command',
    ]);
    const { command } = bodyOf(network.requests[2]) as { command: string };
    expect(command).toContain(`"\${TMPDIR:-/tmp}"/${id}.stdout`);
  });

  it('ends the command also when it is stopped before that has told its id, and does not wait for it for ever', async () => {
    for (const tells of [true, false]) {
      const clock = new FakeClock();
      const execd = new FakeExecd();
      execd.onCommand = (run) => {
        if (execd.commands.length > 1) run.start('f'.repeat(32)).end({ kind: 'succeeded' });
      };
      const stop = new AbortController();
      const ended = runToEnd(execd.client, ['sleep', '9'], 5000, stop.signal, { clock, log: new FakeLog() }).catch(
        (error: unknown) => error,
      );
      await clock.advance(0);
      stop.abort();
      await clock.advance(1000);
      expect(execd.commands[0]?.isLeft).toBe(false);
      if (tells) execd.commands[0]?.start(id);
      await clock.advance(tells ? 0 : 600);
      expect(await ended).toMatchObject({ kind: 'aborted' });
      expect(execd.calls).toEqual(tells ? ['command', `kill ${id}`, 'command'] : ['command']);
      expect(clock.pending).toBe(0);
    }
  });

  it('ends a command that is too slow itself, and says so', async () => {
    const clock = new FakeClock();
    const execd = new FakeExecd();
    execd.onCommand = (run) => {
      if (execd.commands.length > 1) run.start('f'.repeat(32)).end({ kind: 'succeeded' });
      else run.start(id);
    };
    const ended = runToEnd(execd.client, ['sleep', '9'], 5000, never, { clock, log: new FakeLog() }).catch(
      (error: unknown) => error,
    );
    // The second in which a command keeps its output for execd does not count.
    await clock.advance(5900);
    expect(execd.commands[0]?.isLeft).toBe(false);
    await clock.advance(200);
    expect(await ended).toMatchObject({ kind: 'timeout', message: 'The command did not end within 5 s.' });
    expect(execd.calls).toEqual(['command', `kill ${id}`, 'command']);
    expect(clock.pending).toBe(0);
  });

  it('puts nothing into a shell that is not an id', async () => {
    const { network, run } = execdOn(() => stream({ type: 'init', text: '$(reboot)' }));
    await expect(run(['true'])).rejects.toMatchObject({ kind: 'clean-end' });
    expect(network.requests).toHaveLength(1);
  });

  it('does not call a sandbox that is out of memory one without a shell', async () => {
    const { run } = execdOn(() => stream(init, failure('fork/exec /bin/sh: cannot allocate memory')));
    await expect(run(['true'])).rejects.toMatchObject({ kind: 'server-error' });
  });

  it('says when nothing can be started, and asks for a command', async () => {
    const { run } = execdOn(() => stream(init, failure('exec: "sh": executable file not found in $PATH')));
    await expect(run(['true'])).rejects.toMatchObject({ kind: 'unavailable-here' });
    await expect(run([])).rejects.toMatchObject({ kind: 'invalid-request' });
  });
});
