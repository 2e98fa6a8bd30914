import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type SandboxServer, startSandboxServer } from '../../helpers/sandbox-server.ts';
import { eventually } from './wire.ts';

let server: SandboxServer;
let execd: string;

beforeAll(async () => {
  server = await startSandboxServer();
  execd = await server.endpoint(await server.createSandbox());
});
afterAll(() => server.stop());

async function createTerminal(): Promise<string> {
  const answer = await fetch(`${execd}/pty`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { session_id: string }).session_id;
}

/** One client of a terminal, with everything it heard. */
class Client {
  readonly messages: Record<string, unknown>[] = [];
  readonly kinds: string[] = [];
  readonly closed: Promise<number>;
  stdout = '';
  stderr = '';
  replay: { offset: number; text: string } | undefined;
  readonly #socket: WebSocket;

  constructor(base: string, id: string, query: string) {
    this.#socket = new WebSocket(`${base.replace(/^http/, 'ws')}/pty/${id}/ws?${query}`);
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        const message = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
        this.messages.push(message);
        this.kinds.push(String(message['type']));
      } else {
        this.kinds.push(String(data[0]));
        if (data[0] === 1) this.stdout += data.toString('utf8', 1);
        if (data[0] === 2) this.stderr += data.toString('utf8', 1);
        if (data[0] === 3) this.replay = { offset: Number(data.readBigInt64BE(1)), text: data.toString('utf8', 9) };
      }
    });
  }

  async opened(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.on('open', () => resolve());
      this.#socket.on('error', reject);
    });
    return this;
  }

  type(text: string): void {
    this.#socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(text)]));
  }

  say(message: Readonly<Record<string, unknown>>): void {
    this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close();
  }

  /** Waits until the output has the text. */
  async sees(text: string): Promise<void> {
    await eventually(
      () => Promise.resolve(this.stdout),
      (stdout) => stdout.includes(text),
    );
  }
}

const connect = (id: string, query = 'pty=1', base = execd): Promise<Client> => new Client(base, id, query).opened();

describe.concurrent('terminals', () => {
  it('echo what is typed, are real terminals, change their size and end with the exit code', async () => {
    const id = await createTerminal();
    const client = await connect(id);
    client.type('test -t 0 && echo is-a-"terminal"; stty size\r');
    await client.sees('24 80');
    expect(client.messages[0]).toEqual({ type: 'connected', session_id: id, mode: 'pty' });
    expect(client.stdout).toContain('echo is-a-"terminal"');
    expect(client.stdout).toContain('is-a-terminal');
    client.say({ type: 'resize', cols: 120, rows: 40 });
    client.say({ type: 'ping' });
    await eventually(
      async () => {
        client.type('stty size\r');
        await new Promise((resolve) => setTimeout(resolve, 100));
        return client.stdout;
      },
      (stdout) => stdout.includes('40 120'),
    );
    expect(client.kinds).toContain('pong');
    client.type('exit 7\r');
    expect(await client.closed).toBe(1000);
    expect(client.messages.at(-1)).toEqual({ type: 'exit', exit_code: 7 });
  });

  it('keep their shell when the client leaves, and replay what was missed before anything else', async () => {
    const id = await createTerminal();
    const first = await connect(id);
    first.type('kept=value\r');
    await first.sees('kept=value');
    first.close();
    await first.closed;
    const second = await connect(id, 'pty=1&since=0');
    await eventually(
      () => Promise.resolve(second.kinds),
      (kinds) => kinds.length >= 2,
    );
    expect(second.kinds.slice(0, 2)).toEqual(['3', 'connected']);
    expect(second.replay?.text).toContain('kept=value');
    second.type('echo it-is-$kept\r');
    await second.sees('it-is-value');
    const status = (await (await fetch(`${execd}/pty/${id}`)).json()) as Record<string, unknown>;
    expect(status).toMatchObject({ session_id: id, running: true });
    expect(status['output_offset']).toBeGreaterThan(second.replay?.offset ?? Number.POSITIVE_INFINITY);
    expect((await fetch(`${execd}/pty/${id}`, { method: 'DELETE' })).status).toBe(200);
    await second.closed;
    expect((await fetch(`${execd}/pty/${id}`)).status).toBe(404);
  });

  it('have one client at a time, which another may push out', async () => {
    const id = await createTerminal();
    const first = await connect(id);
    await expect(connect(id)).rejects.toThrow('409');
    const second = await connect(id, 'pty=1&takeover=1');
    expect(await first.closed).toBe(4001);
    second.type('echo mi"n"e\r');
    await second.sees('mine');
    await expect(connect('none')).rejects.toThrow('404');
  });

  it('work on pipes and through the proxy, with error output apart', async () => {
    const sandboxId = await server.createSandbox();
    const proxied = await server.endpoint(sandboxId, { useServerProxy: true });
    const answer = await fetch(`${proxied}/pty`, { method: 'POST', body: '{"cwd":"/"}' });
    const { session_id: id } = (await answer.json()) as { session_id: string };
    const client = await connect(id, 'pty=0', proxied);
    client.type('pwd; echo bad >&2; sleep 30\n');
    await client.sees('/\n');
    expect(client.messages[0]).toMatchObject({ type: 'connected', mode: 'pipe' });
    await eventually(
      () => Promise.resolve(client.stderr),
      (stderr) => stderr === 'bad\n',
    );
    client.say({ type: 'signal', signal: 'SIGKILL' });
    expect(await client.closed).toBe(1000);
  });

  it('cannot start without bash', async () => {
    const id = await server.createSandbox();
    await server.setSwitch('noBash', true, id);
    const base = await server.endpoint(id);
    const answer = await fetch(`${base}/pty`, { method: 'POST' });
    const { session_id: terminal } = (await answer.json()) as { session_id: string };
    const client = await connect(terminal, 'pty=1', base);
    await client.closed;
    expect(client.messages).toEqual([expect.objectContaining({ type: 'error', code: 'START_FAILED' })]);
  });
});
