import { describe, expect, it } from 'vitest';
import type { Log } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { WebSocketConnection } from '../../../../src/net/websocket.ts';
import type { ExecdClient } from '../../../../src/providers/opensandbox/execd-client.ts';
import { openTerminal, type TerminalOptions } from '../../../../src/providers/opensandbox/terminal.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { FakeQueue } from '../../../helpers/fake-queue.ts';
import { never } from './fake-server.ts';

const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
const connected = JSON.stringify({ type: 'connected', session_id: 's', mode: 'pty' });
const ping = JSON.stringify({ type: 'ping' });
const pong = JSON.stringify({ type: 'pong' });
const exit = (code: number): string => JSON.stringify({ type: 'exit', exit_code: code });
const output = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([1, ...new TextEncoder().encode(text)]) as Uint8Array<ArrayBuffer>;
/** What was missed, up to a position in the output. */
const replay = (text: string, end: number): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(text);
  const message = new Uint8Array(9 + bytes.length);
  message[0] = 3;
  new DataView(message.buffer).setBigInt64(1, BigInt(end));
  message.set(bytes, 9);
  return message;
};

type Message = string | Uint8Array<ArrayBuffer>;
/**
 * Messages, and in the end how the connection breaks: by a Problem, with a close code, or not at all, when nothing more comes, or only
 * answers to our questions.
 */
type Connection = readonly (Message | Problem | number | 'nothing more' | 'only answers')[];

interface World {
  /** Connections in their order; a Problem is one that is refused. */
  readonly connections: readonly (Connection | Problem)[];
  /** Whether the shell runs, as often as that is asked; the last one again and again. */
  readonly running?: readonly (boolean | Problem)[];
  readonly whereabouts?: TerminalOptions['whereabouts'];
  /** The server has closed its side already. */
  readonly deaf?: boolean;
}

/** A server that says what `world` holds; `steps` is everything in its order. */
async function openIn(world: World) {
  const steps: string[] = [];
  const removed: string[] = [];
  const calls: string[] = [];
  const opened: (number | null)[] = [];
  const clock = new FakeClock();
  let asked = 0;
  const socketOf = (connection: Connection): WebSocketConnection => {
    const ended = Promise.withResolvers<{ code: number; reason: string }>();
    let isOpen = world.deaf !== true;
    const answers = new FakeQueue<Message>(never);
    ended.promise.then(() => answers.end());
    async function* read(): AsyncGenerator<Message, void, undefined> {
      for (const message of connection) {
        if (message === 'nothing more') {
          await ended.promise;
          return;
        }
        if (message === 'only answers') {
          yield* answers;
          return;
        }
        if (typeof message === 'number' || message instanceof Problem) {
          isOpen = false;
          ended.resolve({ code: typeof message === 'number' ? message : 1006, reason: '' });
          if (message instanceof Problem) throw message;
          return;
        }
        steps.push(typeof message === 'string' ? `server: ${JSON.parse(message).type}` : 'server: output');
        yield message;
      }
    }
    return {
      messages: read(),
      ended: ended.promise,
      bufferedBytes: 0,
      send: (message) => {
        if (!isOpen) throw new Problem('reset', 'The connection is closed.');
        steps.push(
          typeof message === 'string' ? `we: ${message}` : `we: ${new TextDecoder().decode(message.subarray(1))}`,
        );
        if (message === ping) answers.push(pong);
      },
      close: () => {
        steps.push('we: close');
        isOpen = false;
        ended.resolve({ code: 1006, reason: '' });
      },
    };
  };
  const execd: Pick<ExecdClient, 'createPty' | 'openPty' | 'isPtyRunning' | 'deletePty'> = {
    createPty: async () => 's',
    openPty: async (_id, _signal, since = null) => {
      const next = world.connections[opened.length];
      opened.push(since);
      calls.push('open');
      if (next === undefined || next instanceof Problem) throw next ?? new Problem('unreachable', 'nothing there');
      return socketOf(next);
    },
    isPtyRunning: async () => {
      calls.push('ask');
      const answer = world.running?.[Math.min(asked, world.running.length - 1)] ?? true;
      asked += 1;
      if (answer instanceof Problem) throw answer;
      return answer;
    },
    deletePty: async (id) => {
      removed.push(id);
      calls.push('remove');
    },
  };
  const terminal = await openTerminal(
    {
      execd: execd as ExecdClient,
      whereabouts: world.whereabouts ?? (() => Promise.resolve('there')),
      size: { columns: 100, rows: 30 },
      clock,
      log,
    },
    signal,
  );
  return { terminal, steps, calls, removed, opened, clock };
}

const open = (messages: Connection, deaf = false) => openIn({ connections: [messages], deaf });

const drain = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = '';
  for await (const bytes of stream) text += new TextDecoder().decode(bytes);
  return text;
};

describe('a terminal over a web socket', () => {
  const size = 'we: {"type":"resize","cols":100,"rows":30}';

  it('tells its size after the server has spoken, and again once the shell has', async () => {
    const { terminal, steps } = await open([
      connected,
      output('$ '),
      output('more'),
      JSON.stringify({ type: 'exit', exit_code: 5 }),
    ]);
    expect(steps).toEqual([]);
    expect(await drain(terminal.output)).toBe('$ more');
    expect(steps.slice(0, 6)).toEqual([
      'server: connected',
      size,
      'server: output',
      size,
      'server: output',
      'server: exit',
    ]);
    expect(await terminal.exited).toBe(5);
  });

  it('sends nothing to a server that refuses the shell, so that the reason arrives', async () => {
    const refusal = JSON.stringify({ type: 'error', code: 'START_FAILED', error: 'bash: not found' });
    const { terminal, steps, removed } = await open([refusal]);
    terminal.resize(40, 10);
    await expect(drain(terminal.output)).rejects.toMatchObject({
      kind: 'unavailable-here',
      message: expect.stringContaining('bash: not found'),
    });
    expect(steps).toEqual(['server: error', 'we: close']);
    expect(removed).toEqual(['s']);
  });

  it('hears the last words of a shell that ended before it could be told its size', async () => {
    const { terminal } = await open([connected, output('bye'), JSON.stringify({ type: 'exit', exit_code: 3 })], true);
    expect(() => terminal.write(new Uint8Array([3]))).not.toThrow();
    expect(await drain(terminal.output)).toBe('bye');
    expect(await terminal.exited).toBe(3);
  });

  it('tells the last size asked for before the server spoke, and every one after', async () => {
    const { terminal, steps } = await open([connected, JSON.stringify({ type: 'exit', exit_code: 0 })]);
    terminal.resize(40.4, 0);
    expect(steps).toEqual([]);
    await drain(terminal.output);
    expect(steps).toContain('we: {"type":"resize","cols":40,"rows":1}');
    expect(steps).not.toContain(size);
  });
});

describe('a terminal whose connection is cut', () => {
  const cut = new Problem('reset', 'It was cut.');
  /** The whole output, while time passes; or why it ended. */
  const ends = async ({ terminal, clock }: Awaited<ReturnType<typeof openIn>>, passMs = 120_000): Promise<unknown> => {
    const text = drain(terminal.output).catch((error: unknown) => error);
    await clock.advance(passMs);
    return text;
  };

  it('goes on in the same shell, without a gap and without anything twice, and removes nothing meanwhile', async () => {
    const opened = await openIn({
      connections: [
        [connected, output('building 1'), cut],
        [replay('1 2 of 9', 17), connected, output(' 3'), 1001],
        [connected, output(' 4'), exit(0)],
      ],
    });
    expect(await ends(opened, 20_000)).toBe('building 1 2 of 9 3 4');
    expect(opened.opened).toEqual([null, 10, 19]);
    expect(await opened.terminal.exited).toBe(0);
    expect(opened.calls).toEqual(['open', 'ask', 'open', 'ask', 'open', 'remove']);
    // The size is told anew, because the other side may have forgotten it.
    expect(opened.steps.filter((step) => step.includes('resize')).length).toBeGreaterThanOrEqual(3);
  });

  it('says what is missing when more was said meanwhile than is kept', async () => {
    const opened = await openIn({
      connections: [
        [connected, output('ab'), cut],
        [replay('yz', 26), exit(0)],
      ],
    });
    expect(await ends(opened, 20_000)).toMatch(
      /^ab\r\n\[Sandbox Foresight\] 22 bytes of output are missing here\.\r\nyz$/,
    );
  });

  it('does not remove the shell while it tries, says so when it takes long, and sends what was typed', async () => {
    const opened = await openIn({
      connections: [
        [connected, output('$ '), cut],
        new Problem('unreachable', 'x'),
        new Problem('conflict', '409'),
        [connected, exit(0)],
      ],
      running: [new Problem('unreachable', 'x'), new Problem('not-found', 'no backend'), true],
    });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(0);
    opened.terminal.write(new TextEncoder().encode('make'));
    opened.terminal.write(new TextEncoder().encode('\r'));
    await opened.clock.advance(60_000);
    expect(await text).toMatch(
      /^\$ \r\n\[Sandbox Foresight\] The sandbox does not answer\..*\r\n\r\n\[Sandbox Foresight\] Back again\.\r\n$/s,
    );
    const { steps } = opened;
    expect(steps.slice(steps.lastIndexOf('server: connected'))).toEqual([
      'server: connected',
      'we: {"type":"resize","cols":100,"rows":30}',
      'we: make',
      'we: \r',
      'server: exit',
      'we: close',
    ]);
    expect(opened.opened).toEqual([null, 2, 2, 2]);
  });

  it('sends what was typed after the next connection behind what was typed before it', async () => {
    const opened = await openIn({ connections: [[connected, output('$ '), cut], ['nothing more']] });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(0);
    opened.terminal.write(new TextEncoder().encode('rm -r old'));
    await opened.clock.advance(5_000);
    expect(opened.opened).toEqual([null, 2]);
    // Nothing was heard in the new connection yet.
    opened.terminal.write(new TextEncoder().encode('er\r'));
    expect(opened.steps.filter((step) => /^we: (?:rm|er)/.test(step))).toEqual([]);
    await opened.terminal.close();
    await opened.clock.advance(0);
    expect(await text).toContain('$ ');
  });

  it('does not start a new shell in the place of one that has ended', async () => {
    for (const running of [false, new Problem('not-found', 'no such terminal', { code: 'CONTEXT_NOT_FOUND' })]) {
      const opened = await openIn({ connections: [[connected, output('$ '), cut]], running: [running] });
      expect(await ends(opened)).toMatchObject({ kind: 'reset', nextStep: 'Its shell has ended meanwhile.' });
      expect(opened.opened).toEqual([null]);
      expect(opened.removed).toEqual(['s']);
      expect(await opened.terminal.exited).toBeNull();
    }
  });

  it('gives up when the sandbox is gone, and after a minute and a half of trying', async () => {
    const nothing = new Problem('unreachable', 'x');
    const gone = await openIn({
      connections: [[connected, cut]],
      running: [nothing],
      whereabouts: () => Promise.resolve('gone'),
    });
    expect(await ends(gone, 1000)).toMatchObject({ kind: 'reset', nextStep: 'The sandbox has ended.' });
    const silent = await openIn({
      connections: [[connected, cut]],
      running: [nothing],
      whereabouts: () => Promise.reject(new Problem('unreachable', 'no server')),
    });
    const outcome = drain(silent.terminal.output).catch((error: unknown) => error);
    await silent.clock.advance(80_000);
    expect(silent.removed).toEqual([]);
    await silent.clock.advance(10_000);
    expect(await outcome).toMatchObject({ kind: 'reset', nextStep: expect.stringContaining('may go on') });
    expect(silent.removed).toEqual(['s']);
    expect(silent.clock.pending).toBe(0);
  });

  it('is noticed when nothing closes it, by asking a silent one for a sign of life', async () => {
    const opened = await openIn({
      connections: [
        [connected, output('$ '), 'nothing more'],
        [connected, output('more'), exit(0)],
      ],
    });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(19_000);
    expect(opened.steps).not.toContain('we: {"type":"ping"}');
    await opened.clock.advance(20_000);
    expect(opened.steps.filter((step) => step.includes('ping'))).toHaveLength(1);
    expect(opened.opened).toEqual([null]);
    await opened.clock.advance(10_000);
    expect(await text).toBe('$ more');
    expect(opened.opened).toEqual([null, 2]);
  });

  it('is held for as long as a silent shell answers, and asked again each time', async () => {
    const opened = await openIn({ connections: [[connected, output('$ '), 'only answers']] });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(600_000);
    expect(opened.opened).toEqual([null]);
    expect(opened.steps).not.toContain('we: close');
    expect(opened.steps.filter((step) => step === `we: ${ping}`)).toHaveLength(30);
    await opened.terminal.close();
    expect(await text).toBe('$ ');
    expect(opened.clock.pending).toBe(0);
  });

  it('waits for a paused sandbox as long as it is paused', async () => {
    let phase: 'there' | 'paused' = 'paused';
    const opened = await openIn({
      connections: [[connected, output('$ '), cut]],
      running: [new Problem('timeout', 'frozen')],
      whereabouts: () => Promise.resolve(phase),
    });
    const outcome = drain(opened.terminal.output).catch((error: unknown) => error);
    await opened.clock.advance(600_000);
    // Through a gateway any request would wake it.
    expect(opened.calls).toEqual(['open']);
    phase = 'there';
    await opened.clock.advance(100_000);
    expect(await outcome).toMatchObject({ kind: 'reset' });
    expect(opened.calls.at(-1)).toBe('remove');
  });

  it('sends nothing to a paused sandbox when it is closed', async () => {
    const opened = await openIn({
      connections: [[connected, output('$ '), cut]],
      whereabouts: () => Promise.resolve('paused'),
    });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(3000);
    await opened.terminal.close();
    await opened.clock.advance(0);
    expect(await text).toContain('does not answer');
    expect(opened.calls).toEqual(['open']);
    expect(opened.clock.pending).toBe(0);
  });

  it('is removed when it is closed while it tries', async () => {
    const opened = await openIn({
      connections: [[connected, output('$ '), cut]],
      running: [new Problem('timeout', 'x')],
    });
    const text = drain(opened.terminal.output);
    await opened.clock.advance(1000);
    await opened.terminal.close();
    await opened.clock.advance(0);
    expect(await text).toBe('$ ');
    expect(opened.removed).toEqual(['s']);
    expect(opened.clock.pending).toBe(0);
  });

  it('is left to another client that has taken it', async () => {
    const opened = await openIn({ connections: [[connected, output('$ '), 4001]] });
    expect(await ends(opened)).toMatchObject({ kind: 'conflict' });
    expect(opened.opened).toEqual([null]);
    expect(opened.removed).toEqual([]);
  });
});
