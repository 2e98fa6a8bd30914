import { describe, expect, it } from 'vitest';
import { encodeWarning } from '../../../src/history/encode.ts';
import type { Entry } from '../../../src/history/entries.ts';
import { Outbox } from '../../../src/history/outbox.ts';
import { createRedactor } from '../../../src/history/redactor.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';
import { anError, aSample, aWarning } from '../../integration/history/makers.ts';

const redactor = createRedactor((text) => text);

const open = (send?: (entries: readonly Entry[]) => Promise<void>) => {
  const clock = new FakeClock();
  const sent: Entry[][] = [];
  const lines: string[] = [];
  const dropped: number[] = [];
  const say = (text: string): void => void lines.push(text);
  const outbox = new Outbox({
    ...{ redactor, clock },
    log: { debug: say, info: say, warn: say, error: say },
    send: async (entries) => {
      sent.push([...entries]);
      await send?.(entries);
    },
    dropped: (count) => dropped.push(count),
  });
  const warn = (id: string): void => outbox.add(() => [encodeWarning(redactor, aWarning(id))]);
  return { outbox, clock, sent, lines, dropped, warn };
};

const idOf = (entry: Entry): string => (entry.k === 'record' ? (entry.id ?? '') : '');

/** Lets real turns of the event loop pass, which the outbox takes between its pieces. */
const turns = async (): Promise<void> => {
  for (let no = 0; no < 50; no += 1) await settle();
};

describe('Outbox', () => {
  it('sends within half a second, and many things at once', async () => {
    const { outbox, clock, sent, warn } = open();
    warn('w-1');
    for (let no = 0; no < 30; no += 1) outbox.addSample(aSample('sb-1', no));
    await clock.advance(300);
    expect(sent).toEqual([]);
    await clock.advance(200);
    await turns();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.map((entry) => entry.k)).toEqual(['record', 'pack']);
    expect(clock.pending).toBe(0);
  });

  it('counts equal errors together, and too many different ones as others', async () => {
    const { outbox, sent } = open();
    for (let no = 0; no < 5; no += 1) outbox.addError('sb-1', anError('f', { lastSeenAtMs: 10 + no }));
    for (let no = 0; no < 2_000; no += 1) outbox.addError('sb-1', anError(`f-${no}`, { lastSeenAtMs: no }));
    await outbox.drain();
    const errors = sent.flat().filter((entry) => entry.k === 'error');
    expect(errors.find((entry) => entry.fingerprint === 'f')).toMatchObject({ count: 5, firstMs: 10, lastMs: 14 });
    expect(errors.length).toBeLessThan(600);
    expect(errors.reduce((sum, entry) => sum + entry.count, 0)).toBe(2_005);
    expect(errors.find((entry) => entry.fingerprint === 'other')?.data).toContain('Other errors');
  });

  it('counts the others of all commands together', async () => {
    const { outbox, sent, dropped } = open();
    for (let no = 0; no < 2_000; no += 1)
      outbox.addError('sb-1', anError(`f-${no}`, { lastSeenAtMs: 10, commandKey: `npm run ${no}` }));
    await outbox.drain();
    const errors = sent.flat().filter((entry) => entry.k === 'error');
    expect(errors.filter((entry) => entry.fingerprint === 'other')).toMatchObject([{ count: 1_500, command: null }]);
    expect([errors.length, dropped]).toEqual([501, []]);
  });

  it('tells days, workspaces and commands of one error apart, and names the window of what every window sees', async () => {
    const { outbox, sent } = open();
    const midnight = new Date(2026, 0, 6).getTime();
    const add = (atMs: number, workspace: string | null, commandKey?: string): void =>
      outbox.addError(
        'sb-1',
        anError('f', { lastSeenAtMs: atMs, ...(commandKey === undefined ? {} : { commandKey }) }),
        workspace,
      );
    add(midnight - 1, 'api', 'npm ci');
    add(midnight, 'api', 'npm ci');
    add(midnight + 1, 'api', 'npm ci');
    add(midnight, 'web', 'npm ci');
    add(midnight, 'api');
    outbox.addError('sb-1', anError('kill', { source: 'kernel' }));
    await outbox.drain();
    const errors = sent.flat().filter((entry) => entry.k === 'error');
    expect(errors.map((entry) => [entry.fingerprint, entry.workspace, entry.command, entry.count])).toEqual([
      ['f', 'api', 'npm ci', 1],
      ['f', 'api', 'npm ci', 2],
      ['f', 'web', 'npm ci', 1],
      ['f', 'api', null, 1],
      ['kill', null, null, 1],
    ]);
    expect(errors.map((entry) => 'window' in entry)).toEqual([false, false, false, false, true]);
  });

  it('bounds what waits, and says how much was left out', async () => {
    const { outbox, sent, dropped } = open();
    for (let no = 0; no < 3_000; no += 1) outbox.addSample(aSample('sb-1', no));
    for (let no = 0; no < 700; no += 1) outbox.addSample(aSample(`other-${no}`));
    for (let no = 0; no < 1_500; no += 1) outbox.addError(`sb-${no}`, anError(`f-${no}`));
    expect(dropped.at(-1)).toBeGreaterThan(1_800);
    await outbox.drain();
    expect(sent.flat().filter((entry) => entry.k === 'pack').length).toBeLessThan(600);
  });

  it('never sends an incident and its samples in two', async () => {
    const { outbox, sent } = open();
    const pack = (no: number): Entry => ({
      ...{ k: 'pack', sandboxId: 'sb-1', incidentId: `i-${no}`, fromMs: 0, toMs: 0, stepMs: 0 },
      data: 'x'.repeat(100_000),
    });
    for (let no = 0; no < 10; no += 1) outbox.add(() => Array.from({ length: 8 }, () => pack(no)));
    await outbox.drain();
    expect(sent.length).toBeGreaterThan(3);
    for (const batch of sent) expect(batch.length % 8).toBe(0);
  });

  it('waits for the other side and sends in order', async () => {
    let release: () => void = () => undefined;
    const { outbox, sent, warn } = open(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    warn('w-1');
    const first = outbox.drain();
    await turns();
    warn('w-2');
    const second = outbox.drain();
    await turns();
    expect(sent).toHaveLength(1);
    release();
    await first;
    await turns();
    expect(sent).toHaveLength(2);
    release();
    await second;
  });

  it('sends before a seal all that was added before it and nothing else, also where others wait before and behind', async () => {
    const resume: (() => void)[] = [];
    const { outbox, sent, warn } = open(() => new Promise((resolve) => void resume.push(resolve)));
    const order: string[] = [];
    const turn = (name: string, done: Promise<void>): Promise<void> =>
      done.then(() => void order.push(name, ...sent.splice(0).flatMap((batch) => batch.map(idOf))));
    warn('w-1');
    const first = turn('drain 1', outbox.drain());
    await turns();
    warn('w-2');
    const all = [first, turn('drain 2', outbox.drain())];
    warn('w-3');
    all.push(turn('seal 1', outbox.seal()));
    warn('w-4');
    all.push(turn('drain 3', outbox.drain()));
    warn('w-5');
    all.push(turn('seal 2', outbox.seal()));
    warn('w-6');
    all.push(turn('drain 4', outbox.drain()));
    for (const _ of all) {
      for (const each of resume.splice(0)) each();
      await turns();
    }
    await Promise.all(all);
    expect(order).toEqual([
      ...['drain 1', 'w-1', 'drain 2', 'w-2', 'w-3', 'seal 1'],
      ...['drain 3', 'w-4', 'w-5', 'seal 2', 'drain 4', 'w-6'],
    ]);
  });

  it('goes on after something that cannot be written down', async () => {
    const { outbox, sent, lines, warn } = open();
    outbox.add(() => {
      throw new Error('a circle');
    });
    warn('w-1');
    await outbox.drain();
    expect(sent.flat()).toHaveLength(1);
    expect(lines.join()).toContain('a circle');
  });

  it('takes no sample without a time', async () => {
    const { outbox, sent } = open();
    outbox.addSample(aSample('sb-1', 0, { atMs: Number.NaN }));
    await outbox.drain();
    expect(sent).toEqual([]);
  });
});
