import { describe, expect, it } from 'vitest';
import type { TransportRequest } from '../../../../src/net/transport.ts';
import { BackgroundWork } from '../../../../src/providers/opensandbox/background-work.ts';
import { ExecdClient } from '../../../../src/providers/opensandbox/execd-client.ts';
import type { ExecutionEvent } from '../../../../src/providers/opensandbox/execution-events.ts';
import { FakeClock, settle } from '../../../helpers/fake-clock.ts';
import { bodyOf, FakeLog, FakeNetwork, json, never } from './fake-server.ts';

const address = { baseUrl: 'http://10.0.0.7', headers: {}, secretHeaders: [] };
const stream = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });

/** A network that answers requests for something new only when the test says so. */
class SlowNetwork extends FakeNetwork {
  readonly #created = Promise.withResolvers<Response>();

  create(id: string): void {
    this.#created.resolve(json(201, { session_id: id }));
  }

  override async fetch(url: URL, request: TransportRequest): Promise<Response> {
    const answer = await super.fetch(url, request);
    if (request.method !== 'POST') return answer;
    const cut = Promise.withResolvers<Response>();
    request.signal.addEventListener('abort', () => cut.reject(new Error('cut')));
    return Promise.race([this.#created.promise, cut.promise]);
  }
}

const clientOn = <T extends FakeNetwork>(network: T) => {
  const log = new FakeLog();
  const work = new BackgroundWork();
  const execd = new ExecdClient({ transport: network, clock: new FakeClock(), log, work, address });
  return { network, log, work, execd };
};

const collect = async (events: AsyncIterable<ExecutionEvent>): Promise<readonly ExecutionEvent[]> => {
  const all: ExecutionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

describe.each([
  ['session', 'createSession'],
  ['pty', 'createPty'],
] as const)('a %s whose creator leaves meanwhile', (path, method) => {
  it('is made to the end in the background, and removed', async () => {
    const { network, work, execd } = clientOn(new SlowNetwork(() => new Response(null, { status: 200 })));
    const stop = new AbortController();
    const creation = execd[method](stop.signal);
    await settle();
    stop.abort();
    await expect(creation).rejects.toMatchObject({ kind: 'aborted' });
    expect(network.calls).toEqual([`POST /${path}`]);
    network.create('made-late');
    await work.done();
    expect(network.calls).toEqual([`POST /${path}`, `DELETE /${path}/made-late`]);
  });

  it('is not even asked for when nobody waits', async () => {
    const { network, execd } = clientOn(new FakeNetwork(() => ({ session_id: 'x' })));
    await expect(execd[method](AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    expect(network.calls).toEqual([]);
  });

  it('is reported when it could not be removed', async () => {
    const { network, work, log, execd } = clientOn(new SlowNetwork(() => json(500, { code: 'X', message: 'no' })));
    const stop = new AbortController();
    const creation = execd[method](stop.signal);
    await settle();
    stop.abort();
    await expect(creation).rejects.toMatchObject({ kind: 'aborted' });
    network.create('made-late');
    await work.done();
    expect(log.lines.join()).toMatch(/may be left/);
  });
});

describe('a terminal', () => {
  it('is told its kind by a shell of its own', async () => {
    const { network, execd } = clientOn(new FakeNetwork(() => ({ session_id: 'x' })));
    expect(await execd.createPty(never)).toBe('x');
    const { command } = bodyOf(network.requests[0]) as { command: string };
    expect(command).toContain('TERM=xterm-256color');
    expect(command).toContain('exec bash --norc --noprofile');
  });
});

describe('a stream of execd', () => {
  it('reports the first line that gave no value, and no more of them', async () => {
    const bad = 'not json\n'.repeat(50);
    const end = '{"type":"execution_complete"}\n\n';
    const { execd, log } = clientOn(new FakeNetwork(() => stream(`${bad}{"type":"stdout","text":"a"}\n${bad}${end}`)));
    const run = () => collect(execd.runCommand({ command: 'true', timeoutMs: 1000 }, never));
    expect(await run()).toEqual([{ kind: 'stdout', line: 'a' }, { kind: 'succeeded' }]);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(/^\/command: .*not JSON/);
    await run();
    expect(log.lines).toHaveLength(2);
  });

  it('says when it stopped in the middle of a line', async () => {
    const cut = clientOn(new FakeNetwork(() => stream('{"type":"stdout","text":"a"}\n\n{"type":"stdo'))).execd;
    await expect(collect(cut.runInSession('s', 'true', 1000, never))).rejects.toMatchObject({
      kind: 'clean-end',
      message: expect.stringContaining('in the middle of a line'),
    });
    const whole = clientOn(new FakeNetwork(() => stream('{"type":"stdout","text":"a"}\n\n'))).execd;
    expect(await collect(whole.runInSession('s', 'true', 1000, never))).toHaveLength(1);
  });
});

describe('a terminal', () => {
  it('is asked whether its shell runs, and come back to at a place in its output', async () => {
    const urls: string[] = [];
    class Sockets extends FakeNetwork {
      override socket(url?: URL): never {
        urls.push(url?.href ?? '');
        throw new Error('No socket.');
      }
    }
    const { execd, network } = clientOn(new Sockets(() => ({ session_id: 's', running: true, output_offset: 7 })));
    expect(await execd.isPtyRunning('s', never)).toBe(true);
    expect(network.calls).toEqual(['GET /pty/s']);
    await expect(execd.openPty('s', never)).rejects.toThrow();
    await expect(execd.openPty('s', never, 7)).rejects.toThrow();
    expect(urls).toEqual(['ws://10.0.0.7/pty/s/ws?pty=1', 'ws://10.0.0.7/pty/s/ws?pty=1&since=7&takeover=1']);
  });
});
