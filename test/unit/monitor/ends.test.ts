import { describe, expect, it } from 'vitest';
import {
  agentDown,
  childKilled,
  classifyEnd,
  type EndFacts,
  type InterruptionFacts,
  interrupted,
} from '../../../src/monitor/ends.ts';
import { expiryAt, t0 } from './scene.ts';

const facts = (part: Partial<EndFacts>): EndFacts => ({
  sandboxName: 'api-tests',
  atMs: t0,
  seen: 'state',
  phase: 'failed',
  reason: null,
  message: null,
  diagnostics: null,
  expiry: expiryAt(t0 + 600_000),
  firstExpiresAtMs: null,
  lastAliveAtMs: t0 - 1000,
  ran: true,
  deletedByUs: false,
  oomCounterRose: null,
  lastMemoryPressure: null,
  ...part,
});

const exited = (code: number): Partial<EndFacts> => ({
  reason: 'CONTAINER_EXITED_ERROR',
  message: `Sandbox container exited with code ${code}.`,
});

/** What Docker says: that memory ran out it says for ever, once anything in the container was killed for that. */
const docker = (code: number): string =>
  `Status:         exited\nOOMKilled:      True\nExit Code:      ${code}\nFinished At:    2026-11-23T04:18:55Z`;

interface Row {
  readonly what: string;
  readonly part: Partial<EndFacts>;
  readonly cause: string;
  readonly certainty: 'certain' | 'probable';
  readonly exitCode?: number;
}

const rows: readonly Row[] = [
  {
    what: 'gone while the server was stopping it',
    part: { seen: 'gone', phase: 'stopping' },
    cause: 'deleted',
    certainty: 'certain',
  },
  {
    what: 'gone after a clock that would only have paused it',
    part: { seen: 'gone', expiry: expiryAt(t0 - 500, { action: 'pause' }) },
    cause: 'expired',
    certainty: 'probable',
  },
  {
    what: 'gone after its deadline',
    part: { seen: 'gone', expiry: expiryAt(t0 - 500) },
    cause: 'expired',
    certainty: 'certain',
  },
  {
    what: 'gone a moment before the deadline by our clock',
    part: { seen: 'gone', expiry: expiryAt(t0 + 3000) },
    cause: 'expired',
    certainty: 'certain',
  },
  {
    what: 'gone after its deadline, but not seen for long before',
    part: { seen: 'gone', expiry: expiryAt(t0 - 500), lastAliveAtMs: t0 - 3_600_000 },
    cause: 'expired',
    certainty: 'probable',
  },
  {
    what: 'gone after a deadline that was only guessed',
    part: { seen: 'gone', expiry: expiryAt(t0 - 500, { certainty: 'probable' }) },
    cause: 'expired',
    certainty: 'probable',
  },
  { what: 'gone before its deadline', part: { seen: 'gone' }, cause: 'deleted', certainty: 'probable' },
  { what: 'gone without a deadline', part: { seen: 'gone', expiry: null }, cause: 'deleted', certainty: 'probable' },
  {
    what: 'gone because we deleted it',
    part: { seen: 'gone', deletedByUs: true },
    cause: 'deleted',
    certainty: 'certain',
  },
  {
    what: 'gone at its first deadline although it was extended',
    part: { seen: 'gone', firstExpiresAtMs: t0 - 2000 },
    cause: 'expired',
    certainty: 'probable',
  },
  {
    what: 'gone long after its first deadline, alive until a moment ago',
    part: {
      seen: 'gone',
      firstExpiresAtMs: t0 - 3_600_000,
      expiry: expiryAt(t0 + 1_800_000),
      lastAliveAtMs: t0 - 2000,
    },
    cause: 'deleted',
    certainty: 'probable',
  },
  {
    what: 'gone after its first deadline, but not seen for long before it',
    part: { seen: 'gone', firstExpiresAtMs: t0 - 2000, lastAliveAtMs: t0 - 600_000 },
    cause: 'deleted',
    certainty: 'probable',
  },
  {
    what: 'gone while memory was at its limit',
    part: { seen: 'gone', lastMemoryPressure: 0.99 },
    cause: 'out-of-memory',
    certainty: 'probable',
  },
  {
    what: 'exit 0',
    part: { phase: 'terminated', reason: 'CONTAINER_EXITED', message: 'Sandbox container exited successfully.' },
    cause: 'exited',
    certainty: 'certain',
    exitCode: 0,
  },
  { what: 'exit 3', part: exited(3), cause: 'crashed', certainty: 'certain', exitCode: 3 },
  { what: 'exit 139', part: exited(139), cause: 'crashed', certainty: 'certain', exitCode: 139 },
  { what: 'exit 137 alone', part: exited(137), cause: 'crashed', certainty: 'probable', exitCode: 137 },
  {
    what: 'exit 137 with diagnostics that say so',
    part: { ...exited(137), diagnostics: 'Status: exited\nOOMKilled:      True\nExit Code:      137' },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'exit 137 and said to be out of memory, where the kernel had killed another process and memory is not short',
    part: {
      ...exited(137),
      diagnostics: docker(137),
      killedBefore: true,
      oomCounterRose: false,
      lastMemoryPressure: 0.3,
    },
    cause: 'crashed',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'the same with memory at its limit',
    part: { ...exited(137), diagnostics: docker(137), killedBefore: true, lastMemoryPressure: 0.97 },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'the same where nobody watched the end',
    part: { ...exited(137), diagnostics: docker(137), killedBefore: true },
    cause: 'out-of-memory',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'the same deleted by us',
    part: { ...exited(137), diagnostics: docker(137), killedBefore: true, deletedByUs: true },
    cause: 'deleted',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'exit 137 some seconds after a kill that it lived through',
    part: { ...exited(137), killedBefore: true, oomCounterRose: true, lastMemoryPressure: 0.3 },
    cause: 'out-of-memory',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'exit 137 and said to be out of memory, watched, with no other kill',
    part: {
      ...exited(137),
      diagnostics: docker(137),
      killedBefore: false,
      oomCounterRose: false,
      lastMemoryPressure: 0.3,
    },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'exit 1 and said to be out of memory',
    part: { ...exited(1), diagnostics: docker(1) },
    cause: 'crashed',
    certainty: 'certain',
    exitCode: 1,
  },
  {
    what: 'a good end, said to have been out of memory',
    part: {
      phase: 'terminated',
      reason: 'CONTAINER_EXITED',
      message: 'Sandbox container exited successfully.',
      diagnostics: 'Event:      OOMKilled - container was killed due to out-of-memory',
    },
    cause: 'exited',
    certainty: 'certain',
    exitCode: 0,
  },
  {
    what: 'a request to stop, said to have been out of memory',
    part: { ...exited(143), diagnostics: docker(143) },
    cause: 'crashed',
    certainty: 'probable',
    exitCode: 143,
  },
  {
    what: 'a pod whose containers ended with different codes',
    part: {
      reason: 'FAILED',
      diagnostics:
        'execd-installer: Terminated (exit=0, reason=Completed)\nState: Terminated (exit=137, reason=OOMKilled)',
    },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'exit 137 where only the log of the program speaks of it',
    part: { ...exited(137), diagnostics: 'OOMKilled:      False\n2026-11-21T20:59:45.429031708Z worker: OOMKilled' },
    cause: 'crashed',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'exit 137 and the counter rose',
    part: { ...exited(137), oomCounterRose: true },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'exit 137 with memory at its limit',
    part: { ...exited(137), lastMemoryPressure: 0.97, oomCounterRose: false },
    cause: 'out-of-memory',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'exit 137 with memory at its limit, denied by the server',
    part: { ...exited(137), lastMemoryPressure: 0.97, diagnostics: 'OOMKilled:      False' },
    cause: 'crashed',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'exit 137 at the deadline',
    part: { ...exited(137), expiry: expiryAt(t0 - 200) },
    cause: 'expired',
    certainty: 'probable',
    exitCode: 137,
  },
  {
    what: 'exit 143 at the deadline',
    part: { ...exited(143), expiry: expiryAt(t0 - 200) },
    cause: 'expired',
    certainty: 'probable',
    exitCode: 143,
  },
  { what: 'exit 143', part: exited(143), cause: 'crashed', certainty: 'probable', exitCode: 143 },
  {
    what: 'exit 137 after our deletion',
    part: { ...exited(137), deletedByUs: true },
    cause: 'deleted',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'Kubernetes names the kill',
    part: {
      reason: 'FAILED',
      message:
        '1/1 observed pods failed; primary reason=OOMKilled; sample pod=x-0; container sandbox terminated with OOMKilled (exit code 137)',
    },
    cause: 'out-of-memory',
    certainty: 'certain',
    exitCode: 137,
  },
  {
    what: 'Kubernetes crash loop',
    part: { reason: 'FAILED', message: '1/1 observed pods failed; primary reason=CrashLoopBackOff; sample pod=x-0' },
    cause: 'crashed',
    certainty: 'certain',
  },
  {
    what: 'image that cannot be pulled',
    part: {
      reason: 'FAILED',
      message: '1/1 observed pods failed; primary reason=ImagePullBackOff; sample pod=x-0',
      ran: false,
    },
    cause: 'start-failed',
    certainty: 'certain',
  },
  {
    what: 'no place for the pod',
    part: { reason: 'POD_PLATFORM_UNSCHEDULABLE', message: 'no nodes', ran: false },
    cause: 'start-failed',
    certainty: 'certain',
  },
  { what: 'failed before it ran, nothing said', part: { ran: false }, cause: 'start-failed', certainty: 'probable' },
  { what: 'failed while it ran, nothing said', part: {}, cause: 'crashed', certainty: 'probable' },
  {
    what: 'the server names the deadline',
    part: { phase: 'terminated', reason: 'SandboxExpired' },
    cause: 'expired',
    certainty: 'certain',
  },
  { what: 'terminated, nothing said', part: { phase: 'terminated' }, cause: 'exited', certainty: 'probable' },
  {
    what: 'terminated at the deadline',
    part: { phase: 'terminated', expiry: expiryAt(t0) },
    cause: 'expired',
    certainty: 'probable',
  },
];

describe('the cause of an end', () => {
  it.each(rows)('$what: $cause, $certainty', ({ part, cause, certainty, exitCode }) => {
    const found = classifyEnd(facts(part));
    expect(found).toMatchObject({ cause, certainty, exitCode: exitCode ?? null });
    expect(found.text).toContain('api-tests');
    expect(found.text.endsWith('.')).toBe(true);
  });

  it('says "probably" wherever another reading is left of why it vanished or was killed', () => {
    const vague = rows.filter(
      (row) => row.certainty === 'probable' && row.cause !== 'crashed' && row.what !== 'terminated, nothing said',
    );
    for (const { part } of vague) expect(classifyEnd(facts(part)).text).toContain('probably');
  });

  it('names the kill of another process beside an end of its own, unless it was told of before', () => {
    const said = 'The kernel had killed a process in it, because memory ran out.';
    const part = { ...exited(1), diagnostics: docker(1) };
    expect(classifyEnd(facts(part)).text).toBe(`The main process of api-tests ended with exit code 1. ${said}`);
    expect(classifyEnd(facts({ ...part, killedBefore: true })).text).not.toContain(said);
  });

  it('says that the sandbox lives on when a child was killed, and who it was', () => {
    expect(childKilled('api-tests', 1, 'node (pid 412)')).toMatchObject({
      cause: 'out-of-memory-child',
      certainty: 'certain',
      text: 'Memory ran out in api-tests: the kernel killed a process, probably node (pid 412). The sandbox itself lives on.',
    });
    expect(childKilled('x', 3, null).text).toContain('the kernel killed 3 processes. ');
  });

  it('names memory as the probable reason of a dead agent only when memory was full', () => {
    expect(agentDown('x', true).text).toContain('probably');
    expect(agentDown('x', false).text).not.toContain('memory');
  });
});

describe('an interruption', () => {
  const of = (part: Partial<InterruptionFacts>) =>
    interrupted({
      sandboxName: 'api-tests',
      rawState: 'Pending',
      reason: 'CREATING',
      oomCounterRose: null,
      lastMemoryPressure: null,
      diagnostics: null,
      runsAgain: false,
      ...part,
    });

  it.each<[string, Partial<InterruptionFacts>, string, string, number | null]>([
    ['nothing else known', {}, 'crashed', 'probable', null],
    ['a kill counted just before', { oomCounterRose: true }, 'out-of-memory', 'probable', null],
    ['memory at its limit', { lastMemoryPressure: 0.95, oomCounterRose: false }, 'out-of-memory', 'probable', null],
    [
      'diagnostics that name it',
      { diagnostics: 'Last State:  Terminated (exit=137, reason=OOMKilled)' },
      'out-of-memory',
      'certain',
      137,
    ],
    [
      'memory at its limit, denied by the diagnostics',
      { lastMemoryPressure: 0.99, diagnostics: 'OOMKilled:      False\nExit Code:      137' },
      'crashed',
      'probable',
      137,
    ],
    [
      'diagnostics that name it, after a kill it lived through',
      { diagnostics: docker(137), killedBefore: true },
      'out-of-memory',
      'probable',
      137,
    ],
    ['diagnostics that name it beside another code', { diagnostics: docker(1) }, 'crashed', 'probable', 1],
    ['another exit code', { diagnostics: 'State: Terminated (exit=3, reason=Error)' }, 'crashed', 'probable', 3],
    [
      'only the container that prepared the pod, which ended well',
      { diagnostics: 'Init Containers:\n  execd-installer: Terminated (exit=0, reason=Completed)' },
      'crashed',
      'probable',
      null,
    ],
  ])('with %s', (_name, part, cause, certainty, exitCode) => {
    expect(of(part)).toMatchObject({ cause, certainty, exitCode });
  });

  it('that only the processes tell of is a restart, and memory may be why', () => {
    const seen = { seenByProcesses: true, runsAgain: true, rawState: 'Running', reason: null };
    const text =
      'was restarted, as its processes show; the server, which calls it Running, did not tell. It runs again; its processes are new, and files outside its volumes may be those it began with.';
    expect(of(seen).text).toBe(`api-tests ${text}`);
    expect(of({ ...seen, lastMemoryPressure: 0.97 }).text).toBe(`api-tests probably ran out of memory: it ${text}`);
  });

  it('says what the server calls it, and whether it runs again', () => {
    expect(of({ reason: null, diagnostics: 'State: Terminated (exit=139)' }).text).toBe(
      'api-tests stopped or was restarted: it ran, nobody here paused it, and the server calls it Pending. Its diagnostics name exit code 139, a segmentation fault. It may run again by itself, or stay like that.',
    );
    expect(of({ runsAgain: true }).text).toContain('It runs again; its processes are new');
  });
});
