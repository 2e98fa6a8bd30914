import type { Clock, ProviderEvent, SampleOptions, SandboxProvider } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import type { Sample } from '../../model/sample.ts';
import type { Sandbox } from '../../model/sandbox.ts';
import { recording } from './recording.ts';

const sandboxId = 'demo-recording';
const lifetimeMs = 30 * 60_000;
const listEveryMs = 2_000;
const mebibyte = 1024 * 1024;

/**
 * A recorded sandbox, played back at its own speed: a real service that leaked until the kernel killed it.
 * It shows a newcomer the whole story without any server; nothing runs and nothing can be changed.
 */
export function createDemoProvider(clock: Clock): SandboxProvider {
  const startedAtMs = clock.now();
  const last = recording.rows[recording.rows.length - 1];
  const endsAtMs = startedAtMs + (last ? last[0] + recording.intervalMs : 0);
  const over = (): boolean => clock.now() >= endsAtMs;

  const sandbox = (): Sandbox => ({
    id: sandboxId,
    provider: 'demo',
    name: 'demo (recorded)',
    phase: over() ? 'failed' : 'running',
    rawState: over() ? 'Failed' : 'Running',
    reason: over() ? 'CONTAINER_EXITED_ERROR' : 'CONTAINER_RUNNING',
    message: over() ? 'Sandbox container exited with code 137.' : 'Sandbox container is running.',
    createdAtMs: startedAtMs,
    expiry: {
      clock: 'absolute',
      expiresAtMs: startedAtMs + lifetimeMs,
      action: 'delete',
      extendedBy: 'nothing',
      certainty: 'known',
    },
    image: null,
    metadata: {},
    renewsOnAccess: false,
  });

  const sampleOf = (row: (typeof recording.rows)[number], oomKillCount: number): Sample => {
    const [offsetMs, usedMib, workingSetMib, anonMib, processMib] = row;
    return {
      kind: 'sample',
      sandboxId,
      atMs: startedAtMs + offsetMs,
      source: 'cgroup',
      cadenceMs: recording.intervalMs,
      caveat: 'a recording, not a live sandbox',
      memory: {
        usedBytes: usedMib * mebibyte,
        workingSetBytes: workingSetMib * mebibyte,
        limitBytes: recording.limitMib * mebibyte,
        anonBytes: anonMib * mebibyte,
        oomKillCount,
        limitHitCount: null,
        stalledPercent: null,
      },
      processes: [
        {
          pid: recording.pid,
          parentPid: null,
          name: recording.processName,
          rssBytes: processMib * mebibyte,
          ageMs: offsetMs,
          heapLimit: null,
        },
      ],
    };
  };

  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = clock.after(Math.max(0, ms), done);
      signal.addEventListener('abort', done);
    });

  async function* watch(signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    while (!signal.aborted) {
      yield { kind: 'health', atMs: clock.now(), healthy: true, text: 'playing a recording' };
      yield { kind: 'sandboxes', atMs: clock.now(), sandboxes: [sandbox()] };
      await wait(listEveryMs, signal);
    }
  }

  async function* samples(id: string, { signal }: SampleOptions): AsyncGenerator<Sample> {
    if (id !== sandboxId) throw new Problem('not-found', `There is no sandbox ${id} in the demo.`);
    for (const row of recording.rows) {
      const dueInMs = startedAtMs + row[0] - clock.now();
      if (dueInMs < -recording.intervalMs) continue;
      await wait(dueInMs, signal);
      if (signal.aborted) return;
      yield sampleOf(row, 0);
    }
    await wait(endsAtMs - clock.now(), signal);
    if (!signal.aborted) throw new Problem('reset', 'The recorded sandbox was killed here.');
  }

  return {
    id: 'demo',
    label: 'Demo',
    capabilities: { vanishesAtExpiry: false, pauseKeepsMemory: false, expiresWhilePaused: true },
    actions: {},
    list: (signal) => {
      signal.throwIfAborted();
      return Promise.resolve([sandbox()]);
    },
    find: (id) => Promise.resolve(id === sandboxId ? sandbox() : null),
    watch,
    current: () => Promise.resolve(null),
    samples,
    ping: () => Promise.resolve(over() ? 'no-answer' : 'answers'),
    errors: () => noErrors(),
    dispose: () => Promise.resolve(),
  };
}

/** A recording has no errors of its own. */
async function* noErrors(): AsyncGenerator<never> {
  yield* [];
}
