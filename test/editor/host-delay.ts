/** How long the extension host stood still, measured in it. For numbers that are printed: a busy machine makes them worse. */

import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Where Node.js listens once it was asked to be looked into. */
const inspector = 'http://127.0.0.1:9229/json/list';

export interface HostDelay {
  /** Longest and typical wait of something that was due since the last reading, in milliseconds. */
  read(): Promise<{ readonly longestMs: number; readonly p99Ms: number }>;
  close(): void;
}

/** @param server the editor's process. @returns null where it can not be had: no `/proc`, or somebody else is being looked into. */
export async function watchHostDelay(server: ChildProcess): Promise<HostDelay | null> {
  const pid = extensionHostBelow(server.pid ?? -1);
  if (pid === null || (await firstTarget()) !== null) return null;
  process.kill(pid, 'SIGUSR1');
  let target: string | null = null;
  for (let turn = 0; target === null && turn < 50; turn += 1) {
    await delay(100);
    target = await firstTarget();
  }
  if (target === null) return null;
  const socket = new WebSocket(target);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  let asked = 0;
  const evaluate = (expression: string): Promise<unknown> => {
    asked += 1;
    const id = asked;
    return new Promise((resolve) => {
      const listen = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: { result?: { value?: unknown } } };
        if (answer.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(answer.result?.result?.value);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }));
    });
  };
  await evaluate(`{
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    globalThis.foresightDelays = monitorEventLoopDelay({ resolution: 10 });
    foresightDelays.enable();
  }`);
  return {
    read: async () => {
      const [longest = 0, p99 = 0] = (await evaluate(
        '{ const { max } = foresightDelays; const p99 = foresightDelays.percentile(99); foresightDelays.reset(); [max, p99]; }',
      )) as number[];
      return { longestMs: Math.round(longest / 1e6), p99Ms: Math.round(p99 / 1e6) };
    },
    close: () => socket.close(),
  };
}

async function firstTarget(): Promise<string | null> {
  try {
    const answer = await fetch(inspector, { signal: AbortSignal.timeout(2000) });
    const [first] = (await answer.json()) as { readonly webSocketDebuggerUrl: string }[];
    return first?.webSocketDebuggerUrl ?? null;
  } catch {
    // Nobody listens there (yet).
    return null;
  }
}

function extensionHostBelow(ancestor: number): number | null {
  if (!fs.existsSync('/proc/self/stat')) return null;
  const parents = new Map<number, number>();
  const hosts: number[] = [];
  for (const name of fs.readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]));
      if (fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=extensionHost')) hosts.push(Number(name));
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => pid === ancestor || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  // After a reload the host of the page before may live on for a moment: the newest counts.
  return hosts.filter(isBelow).at(-1) ?? null;
}
