/**
 * A test server that speaks the OpenSandbox lifecycle and execd protocols over real processes with real limits.
 * It listens on 127.0.0.1 only, and says on standard output in one JSON line where.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ControlServer } from './control.ts';
import { EventLog } from './event-log.ts';
import { LifecycleServer } from './lifecycle.ts';
import { chooseLimits } from './limits.ts';
import { Registry } from './registry.ts';
import { isSwitchName, Switches, switchNames } from './switches.ts';

const usage = `node test/sandbox-server/main.ts [options]
  --port N             port of the lifecycle server (0: any)
  --control-port N     port of the control door (0: any)
  --api-key TEXT       the key requests must carry (default: none, the server is open)
  --limits KIND        auto, kernel or emulated (default auto)
  --log FILE           where to write the event log (default: a new file in the temporary folder)
  --allow-short-ttl    accept timeouts below 60 seconds
  --exit-with-stdin    end when standard input is closed
  --switch NAME=VALUE  ${switchNames.join(', ')}`;

/** Nothing listens there, and no listener of ours is ever given it. */
const closedPort = 1;

function parseOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      'api-key': { type: 'string' },
      limits: { type: 'string', default: 'auto' },
      log: { type: 'string' },
      'allow-short-ttl': { type: 'boolean', default: false },
      'exit-with-stdin': { type: 'boolean', default: false },
      switch: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  const limits = (['auto', 'kernel', 'emulated'] as const).find((kind) => kind === values.limits);
  if (limits === undefined) throw new Error(`unknown limits: ${values.limits}`);
  return { values, limits };
}

function parseSwitches(settings: readonly string[]): Switches {
  const switches = new Switches();
  for (const setting of settings) {
    const name = setting.split('=')[0] ?? '';
    if (!isSwitchName(name)) throw new Error(`unknown switch: ${name}`);
    switches.set(name, setting.slice(name.length + 1));
  }
  return switches;
}

async function main(): Promise<void> {
  const { values: options, limits: wantedLimits } = parseOptions();
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const switches = parseSwitches(options.switch);
  const root = mkdtempSync(join(tmpdir(), 'sandbox-server-'));
  const log = new EventLog(options.log ?? `${root}.events.jsonl`);
  const limits = chooseLimits(wantedLimits, join(root, 'limits'));
  const viaSecret = randomUUID();
  const registry = new Registry({ root, limits, switches, log, viaSecret });

  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    end(why).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  const lifecycle = new LifecycleServer({
    registry,
    switches,
    log,
    viaSecret,
    apiKey: options['api-key'],
    allowShortTtl: options['allow-short-ttl'],
    closedPort,
  });
  const control = new ControlServer({ registry, switches, log, stop: () => stop('asked to') });
  const end = async (why: string): Promise<void> => {
    log.write('stopping', { why });
    await registry.close();
    lifecycle.close();
    control.close();
    limits.close();
    rmSync(root, { recursive: true, force: true });
    log.write('stopped');
    log.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    log.write('problem', { what: error.stack ?? error.message });
    stop('uncaught exception');
  });
  if (options['exit-with-stdin']) process.stdin.on('end', () => stop('standard input closed')).resume();

  const port = await lifecycle.listen(Number(options.port));
  const controlPort = await control.listen(Number(options['control-port']));
  const url = `http://127.0.0.1:${port}`;
  const ready = { url, controlUrl: `http://127.0.0.1:${controlPort}`, limits: limits.kind, log: log.path };
  log.write('ready', { ...ready, pid: process.pid, folder: root });
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

await main();
