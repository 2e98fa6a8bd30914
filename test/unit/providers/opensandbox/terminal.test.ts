import { describe, expect, it } from 'vitest';
import type { Clock, Log } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { WebSocketConnection } from '../../../../src/net/websocket.ts';
import type { ExecdClient } from '../../../../src/providers/opensandbox/execd-client.ts';
import { openTerminal } from '../../../../src/providers/opensandbox/terminal.ts';

const clock: Clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };
const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
const connected = JSON.stringify({ type: 'connected', session_id: 's', mode: 'pty' });
const output = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([1, ...new TextEncoder().encode(text)]) as Uint8Array<ArrayBuffer>;

/** A server that says `messages` one by one; `steps` is everything in its order. A deaf one has closed its side already. */
async function open(messages: readonly (string | Uint8Array<ArrayBuffer>)[], deaf = false) {
  const steps: string[] = [];
  const removed: string[] = [];
  async function* read(): AsyncGenerator<string | Uint8Array<ArrayBuffer>, void, undefined> {
    for (const message of messages) {
      steps.push(typeof message === 'string' ? `server: ${JSON.parse(message).type}` : 'server: output');
      yield message;
    }
  }
  const socket: WebSocketConnection = {
    messages: read(),
    ended: new Promise(() => undefined),
    bufferedBytes: 0,
    send: (message) => {
      if (deaf) throw new Problem('reset', 'The connection is closed.');
      steps.push(typeof message === 'string' ? `we: ${message}` : 'we: input');
    },
    close: () => void steps.push('we: close'),
  };
  const execd: Pick<ExecdClient, 'createPty' | 'openPty' | 'deletePty'> = {
    createPty: async () => 's',
    openPty: async () => socket,
    deletePty: async (id) => void removed.push(id),
  };
  const terminal = await openTerminal(
    { execd: execd as ExecdClient, size: { columns: 100, rows: 30 }, clock, log },
    signal,
  );
  return { terminal, steps, removed };
}

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
