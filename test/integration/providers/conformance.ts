import { totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderActions, ProviderEvent, SandboxProvider } from '../../../src/model/ports.ts';
import { isProblem, type Problem, type ProblemKind } from '../../../src/model/problem.ts';
import type { Sample } from '../../../src/model/sample.ts';

/** What a sandbox for a test shall be. */
export interface WantedSandbox {
  readonly memoryBytes?: number;
  /** Null: without end. Default 600. */
  readonly lifetimeSeconds?: number | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Every request through the server's proxy prolongs it. */
  readonly renewsOnAccess?: boolean;
}

/**
 * A provider on a real system, and the hands to do things to that system behind the provider's back.
 * What a system does not have is left out, and the tests that need it are not made.
 */
export interface TestBed {
  readonly provider: SandboxProvider;
  /** The actions this system really has. */
  readonly supportedActions: readonly (keyof ProviderActions)[];
  createSandbox(wanted?: WantedSandbox): Promise<string>;
  deleteSandbox(id: string): Promise<void>;
  pauseSandbox(id: string): Promise<void>;
  resumeSandbox(id: string): Promise<void>;
  /** The agent in the sandbox dies while the sandbox lives on; or it is back. */
  setAgentDead(id: string, isDead: boolean): Promise<void>;
  /** The server shows this state word instead of the real one; empty: the real one again. */
  setRawState(id: string, word: string): Promise<void>;
  /** The server fails to answer with a list; or it is well again. */
  setServerFailing(isFailing: boolean): Promise<void>;
  /** The sandbox's own address cannot be reached, so that only the server's proxy is left. */
  setDirectBlocked(id: string): Promise<void>;
  /** Ids and command lines of the processes inside. */
  processes(id: string): Promise<readonly { readonly pid: number; readonly command: string }[]>;
  /** Names of temporary files inside. */
  temporaryFiles(id: string): Promise<readonly string[]>;
  /** Requests that arrived in a sandbox and carried the server's key. */
  leakedKeys(): Promise<number>;
  /** All requests so far, whoever they were for. */
  requestCount(): Promise<number>;
  /** Requests for this sandbox that came through the server's proxy. */
  proxiedRequests(id: string): Promise<number>;
  /** The deadline as the system itself has it; null: none. */
  deadlineMs(id: string): Promise<number | null>;
  dispose(): Promise<void>;
}

/** What not every system has; the tests that need it are then not made. */
export type Feature =
  /** Sandboxes come and go, with names, states and deadlines. */
  | 'lifecycle'
  | 'pause'
  /** A program of the system runs in each sandbox, and can die. */
  | 'agent'
  /** A server is asked, and can fail. */
  | 'server'
  /** There is a second way to a sandbox, and watching by it could keep the sandbox alive. */
  | 'proxy'
  /** What arrives in a sandbox can be seen. */
  | 'inbox';

const mebibyte = 1024 ** 2;

/**
 * The rules every provider keeps, checked against a real system.
 * @param lacks what this system does not have at all.
 */
export const describeConformance = (
  name: string,
  makeBed: () => Promise<TestBed>,
  lacks: readonly Feature[] = [],
): void => {
  const has = (feature: Feature): boolean => !lacks.includes(feature);
  describe(`${name} keeps the rules of a provider`, () => {
    let bed: TestBed;
    let provider: SandboxProvider;
    let controller = new AbortController();
    const made: string[] = [];

    beforeAll(async () => {
      bed = await makeBed();
      provider = bed.provider;
    });
    afterEach(async () => {
      controller.abort();
      controller = new AbortController();
      await bed.setServerFailing(false);
      for (const id of made.splice(0)) await bed.deleteSandbox(id);
    });
    afterAll(() => bed.dispose());

    const create = async (wanted: WantedSandbox = {}): Promise<string> => {
      const id = await bed.createSandbox(wanted);
      made.push(id);
      return id;
    };
    const open = (id: string, mayRenew = false): AsyncIterator<Sample> =>
      provider.samples(id, { signal: controller.signal, mayRenew })[Symbol.asyncIterator]();
    const next = async (samples: AsyncIterator<Sample>): Promise<Sample> => {
      const { value, done } = await samples.next();
      if (done === true) throw new Error('the samples ended');
      return value;
    };
    /** Reads on until the stream throws, and gives what it threw. */
    const endOf = async (samples: AsyncIterator<Sample>): Promise<Problem> => {
      try {
        for (let count = 0; count < 20; count += 1) {
          const { done } = await samples.next();
          if (done === true) throw new Error('the stream ended without a reason');
        }
        throw new Error('the stream does not end');
      } catch (error) {
        if (isProblem(error)) return error;
        throw error;
      }
    };
    const kindOf = async (call: Promise<unknown>): Promise<ProblemKind | 'no problem'> => {
      try {
        await call;
        return 'no problem';
      } catch (error) {
        if (isProblem(error)) return error.kind;
        throw error;
      }
    };
    const until = async <T>(read: () => Promise<T>, fits: (value: T) => boolean, limitMs: number): Promise<T> => {
      const endMs = Date.now() + limitMs;
      for (;;) {
        const value = await read();
        if (fits(value) || Date.now() > endMs) return value;
        await delay(50);
      }
    };
    /** What was in the sandbox before, and nothing more, is in it again within 3 s. */
    const expectNothingLeft = async (id: string, before: Awaited<ReturnType<typeof contents>>): Promise<void> => {
      const after = await until(
        () => contents(id),
        (now) => now.files.length <= before.files.length && now.pids.length <= before.pids.length,
        15_000,
      );
      expect(after).toEqual(before);
    };
    const contents = async (id: string) => ({
      pids: (await bed.processes(id)).map(({ pid }) => pid).sort((a, b) => a - b),
      files: [...(await bed.temporaryFiles(id))].sort(),
    });

    describe('lists', () => {
      if (has('lifecycle')) {
        it('lists and finds what there is, with its deadline', async () => {
          const id = await create({ lifetimeSeconds: 600, metadata: { name: 'api-tests' } });
          const listed = (await provider.list(controller.signal)).find((sandbox) => sandbox.id === id);
          const found = await provider.find(id, controller.signal);
          expect(found).toEqual(listed);
          expect(found).toMatchObject({ provider: provider.id, name: 'api-tests', phase: 'running' });
          expect(found?.rawState).not.toBe('');
          expect(found?.expiry?.expiresAtMs).toBe(await bed.deadlineMs(id));
          expect(Math.abs((found?.createdAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
        });
      }

      if (has('lifecycle')) {
        it('knows when a sandbox has no deadline', async () => {
          const id = await create({ lifetimeSeconds: null });
          expect(await provider.find(id, controller.signal)).toMatchObject({ expiry: null, renewsOnAccess: false });
        });
      }

      it('has the same word on a sandbox in the list and alone', async () => {
        const id = await create();
        const listed = (await provider.list(controller.signal)).find((sandbox) => sandbox.id === id);
        expect(await provider.find(id, controller.signal)).toEqual(listed);
        expect(listed).toMatchObject({ provider: provider.id, phase: 'running' });
        expect([listed?.name, listed?.rawState]).not.toContain('');
      });

      it('gives null for what never was and for what is gone', async () => {
        if (has('lifecycle')) {
          const id = await create();
          await bed.deleteSandbox(id);
          expect(await provider.find(id, controller.signal)).toBeNull();
        }
        expect(await provider.find('00000000-0000-4000-8000-000000000000', controller.signal)).toBeNull();
      });

      if (has('lifecycle')) {
        it('shows a state it has never seen as it came', async () => {
          const id = await create();
          await bed.setRawState(id, 'Hovering');
          expect(await provider.find(id, controller.signal)).toMatchObject({ phase: 'unknown', rawState: 'Hovering' });
          const listed = (await provider.list(controller.signal)).find((sandbox) => sandbox.id === id);
          expect(listed).toMatchObject({ phase: 'unknown', rawState: 'Hovering' });
        });
      }

      if (has('pause')) {
        it('shows a pause', async () => {
          const id = await create();
          await bed.pauseSandbox(id);
          expect((await provider.find(id, controller.signal))?.phase).toBe('paused');
        });
      }
    });

    describe('watch', () => {
      it('tells health, then a complete list, and ends when aborted', async () => {
        const id = await create();
        const events = provider.watch(controller.signal)[Symbol.asyncIterator]();
        expect((await events.next()).value).toMatchObject({ kind: 'health', healthy: true });
        const { value } = await events.next();
        if (value?.kind !== 'sandboxes') throw new Error('no list');
        expect(value.sandboxes.map((sandbox: { readonly id: string }) => sandbox.id)).toContain(id);
        const pending = events.next();
        controller.abort();
        expect((await pending).done).toBe(true);
      });

      const nextEvent = async (
        events: AsyncIterator<ProviderEvent>,
        fits: (event: ProviderEvent) => boolean,
      ): Promise<ProviderEvent> => {
        for (;;) {
          const { value, done } = await events.next();
          if (done === true) throw new Error('the watch ended');
          if (fits(value)) return value;
        }
      };

      if (has('lifecycle')) {
        it('tells health first, then complete lists with what comes and goes', async () => {
          const first = await create();
          const events = provider.watch(controller.signal)[Symbol.asyncIterator]();
          const health = await events.next();
          expect(health.value).toMatchObject({ kind: 'health', healthy: true });
          const list = await events.next();
          expect(list.value).toMatchObject({ kind: 'sandboxes' });
          const second = await create();
          const has = (id: string) => (event: ProviderEvent) =>
            event.kind === 'sandboxes' && event.sandboxes.some((sandbox) => sandbox.id === id);
          const grown = await nextEvent(events, has(second));
          expect(has(first)(grown)).toBe(true);
          await bed.deleteSandbox(first);
          const shrunk = await nextEvent(events, (event) => event.kind === 'sandboxes' && !has(first)(event));
          expect(has(second)(shrunk)).toBe(true);
          controller.abort();
          expect((await events.next()).done).toBe(true);
        });
      }

      if (has('server')) {
        it('survives a failing server, says when it tries again, and goes on by itself', async () => {
          const id = await create();
          await bed.setServerFailing(true);
          const events = provider.watch(controller.signal)[Symbol.asyncIterator]();
          const bad = (await events.next()).value as ProviderEvent;
          expect(bad).toMatchObject({ kind: 'health', healthy: false });
          if (bad.kind !== 'health' || bad.healthy) throw new Error('unreachable');
          expect(bad.problem.message).not.toBe('');
          expect(bad.retryAtMs).toBeGreaterThanOrEqual(bad.atMs);
          await bed.setServerFailing(false);
          const good = await nextEvent(events, (event) => event.kind === 'health' && event.healthy);
          expect(good.kind).toBe('health');
          const list = await nextEvent(events, (event) => event.kind === 'sandboxes');
          expect(list.kind === 'sandboxes' && list.sandboxes.some((sandbox) => sandbox.id === id)).toBe(true);
        });
      }
    });

    describe('samples', () => {
      it("come from the sandbox's own group, with its real limit", async () => {
        const memoryBytes = 192 * mebibyte;
        const id = await create({ memoryBytes });
        const samples = open(id);
        const first = await next(samples);
        const second = await next(samples);
        for (const sample of [first, second]) {
          expect(sample).toMatchObject({ kind: 'sample', sandboxId: id, source: 'cgroup', caveat: null });
          expect(sample.memory?.limitBytes).toBe(memoryBytes);
          expect(sample.memory?.limitBytes).not.toBe(totalmem());
          expect(sample.memory?.usedBytes).toBeGreaterThan(0);
          expect(sample.memory?.usedBytes).toBeLessThan(memoryBytes);
          expect(Math.abs(sample.atMs - Date.now())).toBeLessThan(60_000);
        }
        expect(second.atMs).toBeGreaterThan(first.atMs);
      });

      if (has('lifecycle')) {
        it('end when the sandbox is deleted', async () => {
          const id = await create({ lifetimeSeconds: 600 });
          const samples = open(id);
          await next(samples);
          await bed.deleteSandbox(id);
          const end = await endOf(samples);
          expect(end.kind).toBe('not-found');
          expect(end.message).toMatch(/deleted/);
        });
      }

      if (has('lifecycle')) {
        it('end when the time of the sandbox is over', async () => {
          const id = await create({ lifetimeSeconds: 4 });
          const samples = open(id);
          await next(samples);
          const end = await endOf(samples);
          expect(end.kind).toBe('not-found');
          expect(end.message).toMatch(/its time was over/);
        });
      }

      if (has('pause')) {
        it('end when the sandbox is paused, and come again after it is resumed', async () => {
          const id = await create();
          const samples = open(id);
          await next(samples);
          await bed.pauseSandbox(id);
          expect((await endOf(samples)).kind).toBe('paused');
          expect((await endOf(open(id))).kind).toBe('paused');
          await bed.resumeSandbox(id);
          expect((await next(open(id))).source).toBe('cgroup');
        });
      }

      if (has('agent')) {
        it('end when the agent dies, and a ping says so too', async () => {
          const id = await create();
          expect(await provider.ping(id, controller.signal)).toBe('answers');
          const samples = open(id);
          await next(samples);
          await bed.setAgentDead(id, true);
          expect((await endOf(samples)).kind).toBe('agent-down');
          expect(await provider.ping(id, controller.signal)).toBe('refused');
          await bed.setAgentDead(id, false);
          expect((await next(open(id))).sandboxId).toBe(id);
        });
      }

      it('are refused for a sandbox that is not there', async () => {
        expect((await endOf(open('00000000-0000-4000-8000-000000000000'))).kind).toBe('not-found');
      });

      it('end quietly when aborted, and leave nothing in the sandbox within 3 s', async () => {
        const id = await create();
        const before = await contents(id);
        const samples = open(id);
        await next(samples);
        const during = (await bed.processes(id)).length;
        if (has('agent')) expect(during).toBeGreaterThan(before.pids.length);
        else expect(during).toBe(before.pids.length);
        const pending = samples.next();
        controller.abort();
        expect((await pending).done).toBe(true);
        await expectNothingLeft(id, before);
      });

      it('leave nothing behind when their reader just goes away', async () => {
        const id = await create();
        const before = await contents(id);
        for await (const sample of provider.samples(id, { signal: controller.signal, mayRenew: false })) {
          expect(sample.sandboxId).toBe(id);
          break;
        }
        await expectNothingLeft(id, before);
      });
    });

    describe('harm', () => {
      if (has('inbox')) {
        it('never sends the key into a sandbox', async () => {
          const ids = [await create()];
          if (has('proxy')) {
            const proxied = await create();
            await bed.setDirectBlocked(proxied);
            ids.push(proxied);
          }
          for (const id of ids) {
            await next(open(id));
            await provider.ping(id, controller.signal);
            await provider.actions.exec?.(id, ['true'], 5000, controller.signal);
          }
          expect(await bed.leakedKeys()).toBe(0);
        });
      }

      if (has('proxy')) {
        it('does not use the proxy while the own address answers', async () => {
          const id = await create({ renewsOnAccess: true });
          const deadlineMs = await bed.deadlineMs(id);
          const samples = open(id);
          await next(samples);
          await next(samples);
          await provider.ping(id, controller.signal);
          await provider.find(id, controller.signal);
          expect(await bed.proxiedRequests(id)).toBe(0);
          expect(await bed.deadlineMs(id)).toBe(deadlineMs);
        });
      }

      if (has('proxy')) {
        it('uses the proxy when nothing else is left and it moves no deadline', async () => {
          const id = await create();
          const deadlineMs = await bed.deadlineMs(id);
          await bed.setDirectBlocked(id);
          expect((await next(open(id))).source).toBe('cgroup');
          expect(await bed.proxiedRequests(id)).toBeGreaterThan(0);
          expect(await bed.deadlineMs(id)).toBe(deadlineMs);
        });
      }

      if (has('proxy')) {
        it('asks before it keeps a sandbox alive by watching it', async () => {
          const id = await create({ renewsOnAccess: true });
          const deadlineMs = await bed.deadlineMs(id);
          await bed.setDirectBlocked(id);
          expect((await endOf(open(id))).kind).toBe('needs-consent');
          expect(await provider.ping(id, controller.signal)).toBe('unknown');
          expect((await endOf(open(id))).kind).toBe('needs-consent');
          expect(await bed.proxiedRequests(id)).toBe(0);
          expect(await bed.deadlineMs(id)).toBe(deadlineMs);
          expect((await next(open(id, true))).source).toBe('cgroup');
          expect(await bed.proxiedRequests(id)).toBeGreaterThan(0);
        });
      }
    });

    describe('actions', () => {
      const action = <K extends keyof ProviderActions>(name: K): NonNullable<ProviderActions[K]> => {
        const found = provider.actions[name];
        if (found === undefined) throw new Error(`no action ${name}`);
        return found;
      };
      const supports = async (...names: readonly (keyof ProviderActions)[]): Promise<boolean> =>
        names.every((one) => bed.supportedActions.includes(one));

      it('are there exactly where the system has them', () => {
        expect(Object.keys(provider.actions).sort()).toEqual([...bed.supportedActions].sort());
      });

      it('renew moves the deadline', async () => {
        if (!(await supports('renew'))) return;
        const id = await create({ lifetimeSeconds: 100 });
        const wantedMs = Date.now() + 900_000;
        const expiry = await action('renew')(id, wantedMs, controller.signal);
        expect(expiry.expiresAtMs).toBe(wantedMs);
        expect(await bed.deadlineMs(id)).toBe(wantedMs);
      });

      it('pause and resume do so', async () => {
        if (!(await supports('pause', 'resume'))) return;
        const id = await create();
        await action('pause')(id, controller.signal);
        expect((await provider.find(id, controller.signal))?.phase).toBe('paused');
        expect(await kindOf(action('pause')(id, controller.signal))).not.toBe('no problem');
        await action('resume')(id, controller.signal);
        expect((await provider.find(id, controller.signal))?.phase).toBe('running');
      });

      it('delete does so, also twice', async () => {
        if (!(await supports('delete'))) return;
        const id = await create();
        await action('delete')(id, controller.signal);
        const gone = await until(
          () => provider.find(id, controller.signal),
          (sandbox) => sandbox === null,
          5000,
        );
        expect(gone).toBeNull();
        expect(await kindOf(action('delete')(id, controller.signal))).toBe('no problem');
      });

      it('limits tells what was granted', async () => {
        if (!(await supports('limits'))) return;
        const id = await create({ memoryBytes: 320 * mebibyte });
        // Where no server tells them, they are what was last measured.
        if (!has('server')) await next(open(id));
        expect(await action('limits')(id, controller.signal)).toMatchObject({ memoryBytes: 320 * mebibyte });
        const gone = action('limits')('00000000-0000-4000-8000-000000000000', controller.signal);
        expect(await kindOf(gone)).toBe('not-found');
      });

      it('snapshot and recreate carry files into a larger sandbox', async () => {
        if (!(await supports('snapshot', 'recreate', 'exec', 'limits'))) return;
        const id = await create({ memoryBytes: 128 * mebibyte });
        const write = ['sh', '-c', 'echo kept > kept.txt'];
        expect((await action('exec')(id, write, 5000, controller.signal)).exitCode).toBe(0);
        const snapshot = await action('snapshot')(id, 'before-it-breaks', controller.signal);
        expect(snapshot).toMatchObject({ state: 'ready', sandboxId: id, name: 'before-it-breaks' });
        const larger = await action('recreate')(
          {
            snapshotId: snapshot.id,
            memoryBytes: 256 * mebibyte,
            cpuCores: null,
            lifetimeMs: 300_000,
            metadata: { name: 'larger', 'org.example.label with spaces': 'from an image' },
          },
          controller.signal,
        );
        made.push(larger.id);
        expect(larger.id).not.toBe(id);
        expect(larger.name).toBe('larger');
        expect(await action('limits')(larger.id, controller.signal)).toMatchObject({ memoryBytes: 256 * mebibyte });
        const read = await action('exec')(larger.id, ['cat', 'kept.txt'], 5000, controller.signal);
        expect(read.stdout).toBe('kept\n');
      });

      it('rename gives another name, and says which names are refused', async () => {
        if (!(await supports('rename'))) return;
        const id = await create();
        expect((await action('rename')(id, 'another-name', controller.signal)).name).toBe('another-name');
        expect((await provider.find(id, controller.signal))?.name).toBe('another-name');
        expect(await kindOf(action('rename')(id, '-not a label-', controller.signal))).toBe('invalid-request');
      });

      it('snapshots are listed with their sandbox and can be deleted, also twice', async () => {
        if (!(await supports('snapshot', 'snapshots', 'deleteSnapshot'))) return;
        const id = await create();
        const { id: snapshotId } = await action('snapshot')(id, 'listed', controller.signal);
        const mine = async () =>
          (await action('snapshots')(controller.signal)).filter(({ sandboxId }) => sandboxId === id);
        expect(await mine()).toMatchObject([{ id: snapshotId, name: 'listed', state: 'ready' }]);
        await action('deleteSnapshot')(snapshotId, controller.signal);
        await action('deleteSnapshot')(snapshotId, controller.signal);
        expect(await mine()).toEqual([]);
      });

      it('exec passes every argument as it is and tells the exit code', async () => {
        if (!(await supports('exec'))) return;
        const id = await create();
        const awkward = ["it's", '$(id)', '`id`', 'a "b" \\ c', '', 'ünïcödé', '-n', 'x;y|z&'];
        const print = ['sh', '-c', 'for a in "$@"; do printf "<%s>\\n" "$a"; done', 'sh', ...awkward];
        const printed = await action('exec')(id, print, 5000, controller.signal);
        expect(printed).toEqual({
          exitCode: 0,
          stdout: `${awkward.map((word) => `<${word}>`).join('\n')}\n`,
          stderr: '',
          truncated: false,
        });
        const failing = ['sh', '-c', 'echo said >&2; exit 7'];
        const failed = await action('exec')(id, failing, 5000, controller.signal);
        expect(failed).toMatchObject({ exitCode: 7, stdout: '', stderr: 'said\n' });
      });

      it('exec cuts a flood of output, and says so', async () => {
        if (!(await supports('exec'))) return;
        const id = await create();
        const flood = ['sh', '-c', 'i=0; while [ $i -lt 4000 ]; do printf "%0100d\\n" $i; i=$((i+1)); done'];
        const { exitCode, stdout, truncated } = await action('exec')(id, flood, 20_000, controller.signal);
        expect({ exitCode, truncated }).toEqual({ exitCode: 0, truncated: true });
        expect(stdout.length).toBeLessThan(400_000);
        expect(stdout.startsWith('0'.repeat(100))).toBe(true);
      });

      it('exec leaves neither files nor processes, also when it is too slow or stopped', async () => {
        if (!(await supports('exec'))) return;
        const id = await create();
        const before = await contents(id);
        await action('exec')(id, ['echo', 'done'], 5000, controller.signal);
        // At once: what is still to be removed would be a process that nobody waits for.
        if (has('agent')) expect(await contents(id)).toEqual(before);
        expect(await kindOf(action('exec')(id, ['sleep', '30'], 500, controller.signal))).toBe('timeout');
        const stopped = new AbortController();
        const running = kindOf(action('exec')(id, ['sleep', '31'], 60_000, stopped.signal));
        await until(
          () => bed.processes(id),
          (all) => all.some(({ command }) => command === 'sleep 31'),
          5000,
        );
        stopped.abort();
        expect(await running).toBe('aborted');
        await expectNothingLeft(id, before);
      });

      it('openTerminal gives a shell that answers, and ends with it', async () => {
        if (!(await supports('openTerminal'))) return;
        const id = await create();
        const before = await contents(id);
        const size = { columns: 101, rows: 33 };
        const terminal = await action('openTerminal')(id, size, controller.signal);
        const say = (text: string): void => terminal.write(new TextEncoder().encode(text));
        const decoder = new TextDecoder();
        let seen = '';
        for await (const bytes of terminal.output) {
          const isFirst = seen === '';
          seen += decoder.decode(bytes, { stream: true });
          if (isFirst)
            say('echo "sum $((20 + 22))"; until [ "$(stty size)" = "33 101" ]; do sleep 0.1; done; exit 5\n');
        }
        expect(seen).toContain('sum 42');
        expect(await terminal.exited).toBe(5);
        await expectNothingLeft(id, before);
      });

      it('a closed terminal is gone', async () => {
        if (!(await supports('openTerminal'))) return;
        const id = await create();
        const before = await contents(id);
        const terminal = await action('openTerminal')(id, { columns: 80, rows: 24 }, controller.signal);
        const output = terminal.output[Symbol.asyncIterator]();
        expect((await output.next()).done).not.toBe(true);
        await terminal.close();
        expect(await terminal.exited).toBeNull();
        await expectNothingLeft(id, before);
      });

      it('signalProcess ends the process that was meant, and no other', async () => {
        if (!(await supports('signalProcess'))) return;
        const id = await create();
        const [victim] = await bed.processes(id);
        if (victim === undefined) throw new Error('nothing runs in there');
        const send = (name: string, kind: 'TERM' | '0') =>
          action('signalProcess')(id, { pid: victim.pid, name }, kind, controller.signal);
        expect(await send('another', 'TERM')).toMatchObject({ kind: 'other-process' });
        const name = victim.command.split(' ')[0]?.split('/').at(-1) ?? '';
        const earlier = { pid: victim.pid, name, startTicks: 1 };
        expect(await action('signalProcess')(id, earlier, 'TERM', controller.signal)).toMatchObject({
          kind: 'other-process',
        });
        expect(await send(name, '0')).toEqual({ kind: 'signalled' });
        expect(await send(name, 'TERM')).toEqual({ kind: 'signalled' });
        const gone = await until(
          () => send(name, '0'),
          ({ kind }) => kind === 'gone',
          5000,
        );
        expect(gone).toEqual({ kind: 'gone' });
      });

      it('diagnostics has something to say', async () => {
        if (!(await supports('diagnostics'))) return;
        const id = await create();
        expect(await action('diagnostics')(id, controller.signal)).toContain(id);
        const gone = action('diagnostics')('00000000-0000-4000-8000-000000000000', controller.signal);
        expect(await kindOf(gone)).toBe('not-found');
      });
    });

    describe('a signal that has fired already', () => {
      it('stops every call before it begins', async () => {
        const id = await create();
        const requestsBefore = await bed.requestCount();
        const signal = AbortSignal.abort();
        const { actions } = provider;
        const hints = { environment: {}, hostname: 'x', workspaceNames: [], workspaceUris: [] };
        const size = { columns: 80, rows: 24 };
        const wish = { snapshotId: id, memoryBytes: mebibyte, cpuCores: null, lifetimeMs: null, metadata: {} };
        const calls: Readonly<Record<string, Promise<unknown> | undefined>> = {
          list: provider.list(signal),
          find: provider.find(id, signal),
          current: provider.current(hints, [], signal),
          ping: provider.ping(id, signal),
          renew: actions.renew?.(id, Date.now() + 60_000, signal),
          pause: actions.pause?.(id, signal),
          resume: actions.resume?.(id, signal),
          delete: actions.delete?.(id, signal),
          snapshot: actions.snapshot?.(id, 'x', signal),
          recreate: actions.recreate?.(wish, signal),
          rename: actions.rename?.(id, 'x', signal),
          snapshots: actions.snapshots?.(signal),
          deleteSnapshot: actions.deleteSnapshot?.(id, signal),
          limits: actions.limits?.(id, signal),
          exec: actions.exec?.(id, ['true'], 1000, signal),
          openTerminal: actions.openTerminal?.(id, size, signal),
          signalProcess: actions.signalProcess?.(id, { pid: 2 ** 22, name: 'x' }, '0', signal),
          diagnostics: actions.diagnostics?.(id, signal),
        };
        for (const [name, call] of Object.entries(calls)) {
          if (call !== undefined) expect([name, await kindOf(call)]).toEqual([name, 'aborted']);
        }
        for await (const sample of provider.samples(id, { signal, mayRenew: true })) expect(sample).toBeNull();
        for await (const event of provider.watch(signal)) expect(event).toBeNull();
        for await (const error of provider.errors(id, signal)) expect(error).toBeNull();
        expect(await bed.requestCount()).toBe(requestsBefore);
      });

      it('ends a wait for errors', async () => {
        const id = await create();
        const waiting = provider.errors(id, controller.signal)[Symbol.asyncIterator]().next();
        controller.abort();
        expect((await waiting).done).toBe(true);
      });
    });
  });
};
