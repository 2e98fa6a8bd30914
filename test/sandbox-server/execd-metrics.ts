import type { ServerResponse } from 'node:http';
import { cpus, freemem, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecdContext } from './execd.ts';
import { sendJson } from './http.ts';
import { StreamWriter } from './stream-writer.ts';

const mib = 1024 * 1024;

/** Times of all cores so far: [busy, all]. */
function cpuTimes(): readonly [busy: number, all: number] {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const total = times.user + times.nice + times.sys + times.irq + times.idle;
    all += total;
    busy += total - times.idle;
  }
  return [busy, all];
}

/** One reading of the machine (not of the sandbox: that is how the real one behaves); takes one second. */
async function sample(): Promise<Record<string, number>> {
  const timestamp = Date.now();
  const [busyBefore, allBefore] = cpuTimes();
  await delay(1000);
  const [busyAfter, allAfter] = cpuTimes();
  return {
    cpu_count: cpus().length,
    cpu_used_pct: allAfter > allBefore ? (100 * (busyAfter - busyBefore)) / (allAfter - allBefore) : 0,
    mem_total_mib: totalmem() / mib,
    mem_used_mib: (totalmem() - freemem()) / mib,
    timestamp,
  };
}

/** `GET /metrics`. */
export async function sendMetrics(context: ExecdContext, response: ServerResponse): Promise<void> {
  const reading = await sample();
  await context.sandbox.whenAwake();
  if (!response.destroyed) sendJson(response, 200, reading);
}

/** `GET /metrics/watch`: headers at once, then bare JSON lines about every two seconds until the client leaves. */
export async function watchMetrics(context: ExecdContext, response: ServerResponse): Promise<void> {
  const { sandbox, switches } = context;
  const writer = new StreamWriter(response, switches, sandbox.id, { framing: 'metricsFraming', separator: '\n' });
  writer.open();
  while (!writer.isOver) {
    await delay(1000);
    await sandbox.whenAwake();
    const reading = await sample();
    await sandbox.whenAwake();
    // A field with characters of several bytes gives the torn-bytes framing something to tear.
    const torn = switches.get('metricsFraming', sandbox.id) === 'chunked-bytes';
    writer.send(torn ? { ...reading, host: 'größe-模型-🙂' } : reading);
  }
}
