import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../helpers/sandbox-server.ts';
import { createSession, eventually, openStream, outputOf, parseEvents, runCommand } from './wire.ts';

let server: SandboxServer;

beforeAll(async () => {
  server = await startSandboxServer();
});
afterAll(() => server.stop());

const lines = (count: number) => (text: string) => text.split('\n').length > count;
const commandsIn = async (id: string) => (await server.processes(id)).map((process) => process.command);

describe.concurrent('metrics', () => {
  it('sends headers at once and then bare JSON lines about every two seconds, with numbers of the machine', async () => {
    const id = await server.createSandbox();
    const stream = await openStream(`${await server.endpoint(id)}/metrics/watch`);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(stream.arrivals).toHaveLength(0);
    await stream.until(lines(3));
    stream.leave();
    const samples = stream
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    expect(Object.keys(samples[0] ?? {})).toEqual([
      'cpu_count',
      'cpu_used_pct',
      'mem_total_mib',
      'mem_used_mib',
      'timestamp',
    ]);
    expect(samples[0]?.['mem_total_mib']).toBeGreaterThan(256);
    const [first = 0, , third = 0] = stream.arrivals;
    expect((third - first) / 2).toBeGreaterThan(1900);
  });

  it.each([
    ['sse', /^data: \{.*\}\n\n$/],
    ['crlf', /^data: \{.*\}\r\n\r\n$/],
    ['chunked-bytes', /^\{.*"host":"größe-模型-🙂"\}\n$/],
  ])('frames as %s when asked to', async (framing, pattern) => {
    const id = await server.createSandbox();
    await server.setSwitch('metricsFraming', framing, id);
    const stream = await openStream(`${await server.endpoint(id)}/metrics/watch`);
    await stream.until((text) => (text.endsWith('\n') && !text.endsWith('\r\n') ? true : text.endsWith('\r\n\r\n')));
    stream.leave();
    expect(stream.text()).toMatch(pattern);
    if (framing === 'chunked-bytes') {
      const torn = stream.chunks.some((chunk) => chunk.toString('utf8').includes('\uFFFD'));
      expect(torn, 'a character of several bytes is split over two chunks').toBe(true);
    }
  });

  it.each([
    ['clean-end', 'clean'],
    ['reset', 'cut'],
    ['mid-line', 'clean'],
  ])('breaks as %s while it is open', async (fault, how) => {
    const id = await server.createSandbox();
    const stream = await openStream(`${await server.endpoint(id)}/metrics/watch`);
    await stream.until(lines(1));
    await server.setSwitch('streamFault', fault, id);
    expect(await stream.ended).toBe(how);
    if (fault === 'mid-line') expect(stream.text()).not.toMatch(/\n$/);
  });

  it('falls silent while it is open', async () => {
    const id = await server.createSandbox();
    const stream = await openStream(`${await server.endpoint(id)}/metrics/watch`);
    await stream.until(lines(1));
    await server.setSwitch('streamFault', 'silent', id);
    const quiet = new Promise((resolve) => setTimeout(() => resolve('quiet'), 3000));
    expect(await Promise.race([stream.ended, quiet])).toBe('quiet');
    expect(stream.text().trim().split('\n')).toHaveLength(1);
    stream.leave();
  });

  it('mixes in garbage and huge lines when asked to', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    await server.setSwitch('streamFault', 'garbage', id);
    const garbage = await runWatch(execd);
    expect(() => JSON.parse(garbage.split('\n')[0] ?? '')).toThrow();
    expect(JSON.parse(garbage.split('\n')[1] ?? '')).toHaveProperty('timestamp');
    await server.setSwitch('streamFault', 'huge-line', id);
    expect((await runWatch(execd)).length).toBeGreaterThan(2 * 1024 * 1024);
  });

  async function runWatch(execd: string): Promise<string> {
    const stream = await openStream(`${execd}/metrics/watch`);
    await stream.until(lines(2));
    stream.leave();
    return stream.text();
  }
});

describe.concurrent('commands', () => {
  it('sends events with a blank line after each, output line by line, and keeps the connection for a second', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    const command = 'printf "one\\n\\ntwo\\rthree"; echo "<a&b>" >&2; pwd';
    const stream = await openStream(`${execd}/command`, { command, cwd: '/' });
    await stream.until((text) => text.includes('execution_complete'));
    const completeAtMs = Date.now();
    expect(await stream.ended).toBe('clean');
    expect(Date.now() - completeAtMs).toBeGreaterThan(700);
    expect(stream.text()).toContain('\\u003ca\\u0026b\\u003e');
    const events = parseEvents(stream.text());
    expect(events[0]?.text).toMatch(/^[0-9a-f]{32}$/);
    expect(events.slice(0, 2).map((event) => event.type)).toEqual(['init', 'ping']);
    expect(outputOf(events)).toEqual(['one', '\n', 'two', 'three/']);
    expect(outputOf(events, 'stderr')).toEqual(['<a&b>']);
    const names = (await server.files(id)).map((file) => file.name);
    expect(names).toEqual(expect.arrayContaining([`${events[0]?.text}.stdout`, `${events[0]?.text}.stderr`]));
  });

  it('reports failures as text: exit code, signal, a killed child, a timeout', async () => {
    const execd = await server.endpoint(await server.createSandbox());
    const failure = async (body: Record<string, unknown>) => {
      const last = (await runCommand(execd, body)).at(-1);
      expect(last?.type).toBe('error');
      return last?.error;
    };
    const [code, signal, child, timeout] = await Promise.all([
      failure({ command: 'exit 3' }),
      failure({ command: 'kill -9 $$' }),
      failure({ command: 'sh -c "kill -9 \\$\\$"; exit $?' }),
      failure({ command: 'sleep 20', timeout: 300 }),
    ]);
    expect(code).toEqual({ ename: 'CommandExecError', evalue: '3', traceback: ['exit status 3'] });
    expect(signal).toMatchObject({ evalue: '-1', traceback: ['signal: killed'] });
    expect(child).toMatchObject({ evalue: '137', traceback: ['exit status 137'] });
    expect(timeout).toMatchObject({ evalue: '-1', traceback: ['signal: killed'] });
  });

  it('refuses bad requests with a code and a message', async () => {
    const execd = await server.endpoint(await server.createSandbox());
    for (const body of [{ command: '' }, { command: 'true', cwd: '/nowhere' }, { command: 'true', timeout: -1 }]) {
      const answer = await fetch(`${execd}/command`, { method: 'POST', body: JSON.stringify(body) });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'INVALID_REQUEST_BODY' }),
      ]);
    }
    const unknown = await fetch(`${execd}/command/status/none`);
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { code: 'INVALID_REQUEST_BODY', message: 'command not found: none' },
    ]);
    const interrupt = await fetch(`${execd}/command?id=none`, { method: 'DELETE' });
    expect([interrupt.status, await interrupt.json()]).toEqual([
      500,
      expect.objectContaining({ code: 'RUNTIME_ERROR' }),
    ]);
  });

  it('goes on when the client leaves, until it is interrupted by its id', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    const stream = await openStream(`${execd}/command`, { command: 'sleep 31 & wait' });
    await stream.until((text) => text.includes('ping'));
    await eventually(
      () => commandsIn(id),
      (commands) => commands.includes('sleep 31'),
    );
    stream.leave();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await commandsIn(id)).toContain('sleep 31');
    const commandId = parseEvents(stream.text())[0]?.text;
    expect((await fetch(`${execd}/command?id=${commandId}`, { method: 'DELETE' })).status).toBe(200);
    expect(await commandsIn(id)).not.toContain('sleep 31');
  });

  it('runs in the background and gives status and logs', async () => {
    const execd = await server.endpoint(await server.createSandbox());
    const events = await runCommand(execd, { command: 'echo early; sleep 1.5; echo late; exit 4', background: true });
    expect(events.map((event) => event.type)).toEqual(['init', 'ping', 'execution_complete']);
    expect(events[2]).not.toHaveProperty('execution_time');
    const id = events[0]?.text;
    const status = async () => (await (await fetch(`${execd}/command/status/${id}`)).json()) as Record<string, unknown>;
    expect(await status()).toMatchObject({ id, running: true });
    const first = await fetch(`${execd}/command/${id}/logs`);
    expect([await first.text(), first.headers.get('execd-commands-tail-cursor')]).toEqual(['early\n', '6']);
    expect(await eventually(status, (value) => value['running'] === false)).toMatchObject({ exit_code: 4 });
    expect(await (await fetch(`${execd}/command/${id}/logs?cursor=6`)).text()).toBe('late\n');
  });

  it('cannot start anything without a shell, and uses sh without bash', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    await server.setSwitch('noBash', true, id);
    expect(outputOf(await runCommand(execd, { command: 'echo "bash:$BASH_VERSION"' }))).toEqual(['bash:']);
    const run = await openStream(`${execd}/session/${await createSession(execd)}/run`, { command: 'true' });
    await run.ended;
    expect(run.text()).toContain('{"code":"RUNTIME_ERROR","message":"error running in session. start bash');
    await server.setSwitch('noBash', 'refuse', id);
    expect((await fetch(`${execd}/session`, { method: 'POST' })).status).toBe(500);
    await server.setSwitch('noShell', true, id);
    expect((await runCommand(execd, { command: 'true' })).at(-1)?.error?.evalue).toMatch(/executable file not found/);
  });
});

describe.concurrent('sessions', () => {
  it('keep variables and folder between runs, merge the error output, and leave their script behind', async () => {
    const id = await server.createSandbox({ env: { GIVEN: "it's" } });
    const execd = await server.endpoint(id);
    const session = await createSession(execd);
    const run = async (command: string) => {
      const stream = await openStream(`${execd}/session/${session}/run`, { command });
      await stream.ended;
      return parseEvents(stream.text());
    };
    const first = await run('export KEPT="a b"; cd /usr; echo "$0"; echo oops >&2; echo "$GIVEN"; false');
    expect(first[0]).toMatchObject({ type: 'init', text: session });
    expect(outputOf(first)).toEqual([expect.stringMatching(/\/execd_bash_\d+\.sh$/), 'oops', "it's"]);
    expect(first.at(-1)?.error?.evalue).toBe('1');
    expect(outputOf(await run('echo "$KEPT"; pwd'))).toEqual(['a b', '/usr']);
    expect((await server.files(id)).filter((file) => file.name.startsWith('execd_bash_'))).toHaveLength(2);
    expect((await fetch(`${execd}/session/none`, { method: 'DELETE' })).status).toBe(404);
    const unknown = await fetch(`${execd}/session/none/run`, { method: 'POST', body: '{"command":"true"}' });
    expect([unknown.status, await unknown.json()]).toEqual([500, expect.objectContaining({ code: 'RUNTIME_ERROR' })]);
  });

  it.each([
    ['direct', false],
    ['through the proxy', true],
  ])('die with their client, but only bash itself (%s)', async (_name, useServerProxy) => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id, { useServerProxy });
    const session = await createSession(execd);
    const command = 'sleep 32 & while :; do echo tick; sleep 0.2; done';
    const stream = await openStream(`${execd}/session/${session}/run`, { command });
    await stream.until((text) => text.includes('tick'));
    stream.leave();
    const isBash = (text: string): boolean => text.includes('execd_bash_');
    await eventually(
      () => commandsIn(id),
      (commands) => !commands.some(isBash),
      3000,
    );
    expect(await commandsIn(id)).toContain('sleep 32');
  });

  it('end with their whole process group when they are deleted', async () => {
    const id = await server.createSandbox();
    const execd = await server.endpoint(id);
    const session = await createSession(execd);
    const stream = await openStream(`${execd}/session/${session}/run`, { command: 'sleep 33 & sleep 34' });
    await eventually(
      () => commandsIn(id),
      (commands) => commands.includes('sleep 33'),
    );
    expect((await fetch(`${execd}/session/${session}`, { method: 'DELETE' })).status).toBe(200);
    await stream.ended;
    expect((await commandsIn(id)).filter((command) => command.startsWith('sleep'))).toEqual([]);
  });

  it('append a bare error at a timeout and end when the last holder of the pipe ends', async () => {
    const execd = await server.endpoint(await server.createSandbox());
    const session = await createSession(execd);
    const startedAtMs = Date.now();
    const stream = await openStream(`${execd}/session/${session}/run`, { command: 'sleep 1.5', timeout: 500 });
    expect(await stream.ended).toBe('clean');
    expect(Date.now() - startedAtMs).toBeGreaterThan(1400);
    expect(stream.text()).toMatch(
      /\{"code":"RUNTIME_ERROR","message":"error running in session\. timeout after 500ms"\}$/,
    );
  });
});
