import { describe, expect, it } from 'vitest';
import type { FixHands } from '../../../../src/app/contracts.ts';
import type { ErrorEvent } from '../../../../src/model/error-event.ts';
import type { FixOutcome, RankedFix, RememberedFix } from '../../../../src/model/fix.ts';
import type { FixRecord, HistoryQuery } from '../../../../src/model/history.ts';
import type { ExecResult, ProviderActions } from '../../../../src/model/ports.ts';
import { type AppBench, startedBench } from '../../../helpers/app-bench.ts';
import { aSandbox } from '../../../helpers/fake-provider.ts';
import { RecordingHistory } from '../../../helpers/recording-history.ts';

/** A history that knows how fixes went. */
class KnowingHistory extends RecordingHistory {
  readonly asked: HistoryQuery[] = [];
  records: readonly FixRecord[] = [];

  override fixes(query: HistoryQuery = { limit: 1 }): Promise<readonly FixRecord[]> {
    this.asked.push(query);
    return Promise.resolve(query.fingerprint === undefined ? [] : this.records);
  }
}

interface Ran {
  readonly argv: readonly string[];
}

const busyPort = 'Error: listen EADDRINUSE: address already in use :::3000\n';

const failing = async (
  answers: readonly (number | null)[],
  options: {
    readonly actions?: ProviderActions;
    readonly remembered?: readonly RememberedFix[];
    readonly text?: string;
    readonly history?: KnowingHistory;
  } = {},
) => {
  const ran: Ran[] = [];
  const exec = (_id: string, argv: readonly string[]): Promise<ExecResult> => {
    const exitCode = answers[ran.length] ?? null;
    ran.push({ argv });
    return Promise.resolve({ exitCode, stdout: 'said token=abcdef0123456789\u001b[31m', stderr: '', truncated: false });
  };
  const history = options.history ?? new KnowingHistory();
  const bench = await startedBench([aSandbox('a')], {
    actions: options.actions ?? { exec },
    history,
    rememberedFixes: options.remembered ?? [],
  });
  const event: ErrorEvent = {
    sandboxId: 'a',
    commandId: null,
    commandLine: 'npm start',
    source: 'execd',
    text: options.text ?? busyPort,
    exitCode: 1,
    atMs: bench.clock.now(),
  };
  bench.provider.error(event);
  await bench.show();
  const fingerprint = bench.view('a').errors[0]?.fingerprint ?? 'none';
  return { bench, ran, fingerprint, history, fixes: await bench.app.errorFixes('a', fingerprint) };
};

const byName = (fixes: readonly RankedFix[], name: string): RankedFix => {
  const found = fixes.find(({ fixId }) => fixId.endsWith(`/${name}`));
  if (found === undefined) throw new Error(`no fix ${name} among ${fixes.map(({ fixId }) => fixId).join(' ')}`);
  return found;
};

const run = async (bench: AppBench, fix: RankedFix, hands?: FixHands): Promise<FixOutcome> => {
  const plan = await bench.app.planErrorFix('a', fix);
  let outcome: FixOutcome | null = null;
  const signal = new AbortController().signal;
  const running = bench.app
    .runFix(plan, { signal, progress: () => undefined, ...(hands === undefined ? {} : { hands }) })
    .then((one) => {
      outcome = one;
      return one;
    });
  for (let turn = 0; outcome === null && turn < 60; turn += 1) await bench.clock.advance(1000);
  return running;
};

describe('the fixes of an error in a sandbox', () => {
  it('are listed, with where they would run', async () => {
    const { fixes } = await failing([]);
    expect(byName(fixes, 'find-port-owner')).toMatchObject({ where: 'sandbox', worked: 0, didNotWork: 0 });
    expect(byName(fixes, 'read-about').where).toBe('editor');
  });

  it('run in a terminal of the editor where the editor itself is inside', async () => {
    const { bench, fingerprint } = await failing([]);
    bench.provider.recognised = { sandboxId: 'a', how: 'test', inside: true };
    bench.app.refresh();
    await bench.show();
    bench.provider.tell();
    await bench.show();
    const fixes = await bench.app.errorFixes('a', fingerprint);
    expect(byName(fixes, 'find-port-owner').where).toBe('here');
    const plan = await bench.app.planErrorFix('a', byName(fixes, 'find-port-owner'));
    expect(plan.steps[0]).toMatch(/^In a terminal of this editor \(a\), /);
  });

  it('are none for what is not known', async () => {
    const { bench } = await failing([]);
    expect(await bench.app.errorFixes('nobody', 'f')).toEqual([]);
    expect(await bench.app.errorFixes('a', 'f')).toEqual([]);
  });

  it('are ranked by what the history says of this error', async () => {
    const history = new KnowingHistory();
    history.records = [
      { fixId: 'pattern/port-in-use/use-another-port', tried: 4, worked: 3, didNotWork: 1, lastTriedAtMs: 0 },
    ];
    const { fixes, fingerprint } = await failing([], { history });
    expect(history.asked.some((query) => query.fingerprint === fingerprint)).toBe(true);
    expect(fixes[0]).toMatchObject({ fixId: 'pattern/port-in-use/use-another-port', worked: 3, didNotWork: 1 });
  });

  it('stay in the catalogue’s order when the history does not answer', async () => {
    const history = new KnowingHistory();
    history.fixes = () => Promise.reject(new Error('closed'));
    const { fixes } = await failing([], { history });
    expect(fixes[0]?.fixId.startsWith('pattern/port-in-use/')).toBe(true);
  });

  it('begin with what the person noted', async () => {
    const first = await failing([]);
    const remembered: RememberedFix = {
      fingerprint: first.fingerprint,
      name: 'Old server',
      does: 'command',
      text: 'make stop',
      savedAtMs: 0,
    };
    const { bench, ran, fixes } = await failing([0], { remembered: [remembered] });
    expect(fixes[0]).toMatchObject({
      title: 'Run what helped: make stop',
      risk: 'confirm',
      argv: ['sh', '-c', 'make stop'],
    });
    await run(bench, fixes[0] ?? byName(fixes, 'own'));
    expect(ran[0]?.argv).toEqual(['sh', '-c', 'make stop']);
  });

  it('show a command in the order of its letters, none of them cut in two', async () => {
    const text = `echo \u202eone\u2066 ${'😀'.repeat(400)}`;
    const { fingerprint } = await failing([]);
    const remembered: RememberedFix = { fingerprint, name: 'Odd', does: 'command', text, savedAtMs: 0 };
    const { bench, fixes } = await failing([], { remembered: [remembered] });
    expect(fixes[0]?.title).toBe(`Run what helped: echo one ${'😀'.repeat(30)}…`);
    expect(fixes[0]?.argv).toEqual(['sh', '-c', text]);
    const plan = await bench.app.planErrorFix('a', fixes[0] ?? byName(fixes, 'own'));
    expect(plan.steps).toEqual([`Inside a: echo one ${'😀'.repeat(290)}…`]);
  });

  it('without a way to run commands need a person and a terminal', async () => {
    const none = await failing([], { actions: {} });
    expect(none.fixes.some(({ does }) => does === 'command')).toBe(false);
    const openTerminal = () => Promise.reject(new Error('not in this test'));
    const { bench, fixes } = await failing([], { actions: { openTerminal } });
    const fix = byName(fixes, 'find-port-owner');
    expect(fix.where).toBe('terminal');
    await expect(bench.app.planErrorFix('a', fix)).rejects.toMatchObject({ kind: 'not-supported' });
  });
});

describe('running a fix of an error', () => {
  it('says first what is run, where, and how it is checked', async () => {
    const { bench, fixes } = await failing([]);
    const plan = await bench.app.planErrorFix('a', byName(fixes, 'use-another-port'));
    expect(plan).toMatchObject({ risk: 'safe', losses: [] });
    expect(plan.steps).toEqual(['Inside a: env PORT=0 npm start']);
    expect(plan.check).toBe('Its exit code says whether it helped.');
    await expect(bench.app.planErrorFix('a', byName(fixes, 'read-about'))).rejects.toMatchObject({
      kind: 'not-supported',
    });
    await expect(bench.app.planErrorFix('b', byName(fixes, 'run-again'))).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('judges the failed command by its exit code and remembers it with the fingerprint', async () => {
    const { bench, ran, fixes, fingerprint, history } = await failing([0]);
    const outcome = await run(bench, byName(fixes, 'run-again'));
    expect(ran[0]?.argv).toEqual(['sh', '-c', 'npm start']);
    expect(outcome).toMatchObject({
      fixId: 'pattern/port-in-use/run-again',
      title: 'Run it again',
      result: 'worked',
      text: 'The command ended with exit code 0.',
    });
    await bench.show();
    expect(history.fixList).toEqual([{ outcome, fingerprint, workspace: null }]);
    expect(bench.view('a').errors[0]?.solvedAtMs).toBe(outcome.endedAtMs);
  });

  it('says that it did not work, and what cannot be told', async () => {
    const bad = await failing([1]);
    expect(await run(bad.bench, byName(bad.fixes, 'run-again'))).toMatchObject({
      result: 'did-not-work',
      text: 'The command ended with exit code 1.',
    });
    const unclear = await failing([null]);
    expect(await run(unclear.bench, byName(unclear.fixes, 'run-again'))).toMatchObject({ result: 'cannot-tell' });
    const shows = await failing([0]);
    expect(await run(shows.bench, byName(shows.fixes, 'find-port-owner'))).toMatchObject({ result: 'cannot-tell' });
  });

  it('asks whether the failed command is to be run again, and judges by that', async () => {
    const questions: string[] = [];
    const hands = (answer: boolean): FixHands => ({
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      },
      runHere: () => Promise.reject(new Error('not here')),
    });
    const fix = (fixes: readonly RankedFix[]): RankedFix => ({
      ...byName(fixes, 'find-port-owner'),
      check: 'nothing listens on the port any more',
    });
    const good = await failing([0, 0]);
    expect((await run(good.bench, fix(good.fixes), hands(true))).result).toBe('worked');
    expect(good.ran[1]?.argv).toEqual(['sh', '-c', 'npm start']);
    const bad = await failing([0, 1]);
    expect((await run(bad.bench, fix(bad.fixes), hands(true))).result).toBe('did-not-work');
    const no = await failing([0, 0]);
    expect((await run(no.bench, fix(no.fixes), hands(false))).result).toBe('cannot-tell');
    expect(no.ran).toHaveLength(1);
    expect(questions[0]).toContain('npm start');
  });

  it('runs a check that is a command', async () => {
    const fix = (fixes: readonly RankedFix[]): RankedFix => ({
      ...byName(fixes, 'find-port-owner'),
      check: 'pg_isready',
      checkArgv: ['pg_isready'],
    });
    const good = await failing([0, 0]);
    expect((await run(good.bench, fix(good.fixes))).result).toBe('worked');
    expect(good.ran[1]?.argv).toEqual(['pg_isready']);
    const bad = await failing([0, 2]);
    expect((await run(bad.bench, fix(bad.fixes))).text).toBe(
      'The command ended with exit code 0, but pg_isready ended with exit code 2.',
    );
  });

  it('runs where the editor is through its hands', async () => {
    const { bench, fixes, ran } = await failing([]);
    const here: RankedFix = { ...byName(fixes, 'run-again'), where: 'here' };
    const shown: (readonly string[])[] = [];
    const hands: FixHands = {
      ask: () => Promise.resolve(false),
      runHere: (argv) => {
        shown.push(argv);
        return Promise.resolve(0);
      },
    };
    expect((await run(bench, here, hands)).result).toBe('worked');
    expect(shown).toEqual([['sh', '-c', 'npm start']]);
    expect(ran).toEqual([]);
    expect((await run(bench, here)).result).toBe('failed');
  });

  it('says in which folder, in a terminal of the editor always', async () => {
    const { bench, fixes } = await failing([]);
    const fix = byName(fixes, 'run-again');
    const step = async (part: Partial<RankedFix>) => (await bench.app.planErrorFix('a', { ...fix, ...part })).steps[0];
    expect(await step({ where: 'here', cwd: '/srv/api' })).toBe(
      'In a terminal of this editor (a), in /srv/api: npm start',
    );
    expect(await step({ where: 'here' })).toBe(
      'In a terminal of this editor (a), in the folder new terminals start in: npm start',
    );
    expect(await step({ cwd: '/srv/api' })).toBe('Inside a, in /srv/api: npm start');
  });

  it('says that the folder is missing', async () => {
    const { bench, fixes } = await failing([125]);
    const outcome = await run(bench, { ...byName(fixes, 'run-again'), cwd: '/gone' });
    expect(outcome).toMatchObject({ result: 'failed' });
    expect(outcome.text).toContain('/gone');
  });

  it('writes the output to the log, without what controls a terminal', async () => {
    const { bench, fixes } = await failing([0]);
    await run(bench, byName(fixes, 'run-again'));
    const line = bench.log.lines.find((one) => one.includes('exit code 0')) ?? '';
    expect(line).toContain('said');
    expect(line).not.toContain('\u001b');
  });

  it('can be cancelled', async () => {
    const never = (): Promise<ExecResult> => new Promise(() => undefined);
    const { bench, fixes } = await failing([], { actions: { exec: never } });
    const plan = await bench.app.planErrorFix('a', byName(fixes, 'run-again'));
    const abort = new AbortController();
    const running = bench.app.runFix(plan, { signal: abort.signal, progress: () => undefined });
    await bench.clock.advance(10);
    abort.abort();
    expect((await running).result).toBe('cancelled');
  });
});
