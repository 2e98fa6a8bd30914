import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/model/ports.ts';
import type { Sandbox } from '../../../src/model/sandbox.ts';
import { type AppBench, type AppBenchOptions, createAppBench, nowhere } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';
import { anIncident } from '../../helpers/past.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);

const killedText = 'OOMKilled:      True\nExit Code:      137';
const noEntrypoint = [
  'INSPECT',
  'OOMKilled:      False',
  'Exit Code:      127',
  'LOGS (last 50 lines)',
  '2026-01-01T11:58:00.784761463Z /opt/opensandbox/bootstrap.sh: 9: exec: /nonexistent/prog: not found',
].join('\n');

const failed = (id: string, endedAtMs: number | null, exitCode = 137, parts: Partial<Sandbox> = {}): Sandbox =>
  aSandbox(id, {
    phase: 'failed',
    rawState: 'Failed',
    reason: 'CONTAINER_EXITED_ERROR',
    message: `Sandbox container exited with code ${exitCode}.`,
    createdAtMs: noon - 90 * minute,
    ...(endedAtMs === null ? {} : { endedAtMs }),
    ...parts,
  });

interface Opened extends AppBench {
  readonly asked: string[];
}

/** A window opens before a server that lists these. */
const open = async (
  sandboxes: readonly Sandbox[],
  text: string | ((clock: Clock) => Promise<string>) = killedText,
  options: AppBenchOptions = {},
  chosenId: string | null = null,
): Promise<Opened> => {
  const asked: string[] = [];
  const diagnostics = (id: string): Promise<string> => {
    asked.push(id);
    return typeof text === 'string' ? Promise.resolve(text) : text(bench.clock);
  };
  const bench = createAppBench({ actions: { diagnostics }, ...options });
  for (const sandbox of sandboxes) bench.provider.sandboxes.set(sandbox.id, sandbox);
  bench.app.setProviders([bench.provider]);
  bench.app.setPlace(nowhere, chosenId);
  await bench.clock.advance(0);
  bench.provider.tell();
  await bench.show();
  return { ...bench, asked };
};

describe('what the system says of an end that nobody saw', () => {
  it('is read once, and tells why it ended', async () => {
    const { asked, provider, show, view, history } = await open([failed('a', noon - 20 * minute)]);
    expect(view('a').incidents).toMatchObject([
      { cause: 'out-of-memory', certainty: 'certain', atMs: noon - 20 * minute },
    ]);
    expect(history.incidentList).toMatchObject([{ cause: 'out-of-memory', certainty: 'certain' }]);
    provider.tell();
    provider.tell();
    await show();
    expect(asked).toEqual(['a']);
  });

  it('names the error, at the time of the end', async () => {
    const { view } = await open([failed('a', noon - 2 * minute, 127)], noEntrypoint);
    const [error] = view('a').errors;
    expect(error).toMatchObject({
      source: 'diagnostics',
      pattern: 'program-missing',
      title: 'The start command does not exist in the image',
      lastSeenAtMs: noon - 2 * minute,
    });
  });

  it('is read of one that was made and ended between two lists', async () => {
    const { asked, clock, provider, show, view } = await open([aSandbox('a')]);
    await clock.advance(10_000);
    provider.put(failed('b', clock.now() - 1_000, 137, { createdAtMs: clock.now() - 2_000 }));
    await show();
    expect(asked).toEqual(['b']);
    expect(view('b').incidents).toMatchObject([{ cause: 'out-of-memory', certainty: 'certain' }]);
  });

  it('is read of the eight newest among hundreds, four at a time', async () => {
    let [working, most] = [0, 0];
    const slow = async (clock: Clock): Promise<string> => {
      working += 1;
      most = Math.max(most, working);
      await new Promise<void>((resolve) => clock.after(200, resolve));
      working -= 1;
      return killedText;
    };
    const many = Array.from({ length: 200 }, (_, index) =>
      failed(`s${index}`, noon - (index + 1) * 10_000, 137, { createdAtMs: noon - 2 * minute * 60 - index }),
    );
    const { asked, clock, provider } = await open(many, slow);
    provider.tell();
    await clock.advance(10_000);
    expect([...asked].toSorted()).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']);
    expect(most).toBe(4);
  });

  it('is not asked for when the end was more than an hour ago, or nobody knows when', async () => {
    const { asked } = await open([
      failed('old', noon - 61 * minute),
      failed('unclear', null),
      failed('new', null, 1, { createdAtMs: noon - 5 * minute }),
    ]);
    expect(asked).toEqual(['new']);
  });

  it('is read of the current one, whenever that ended', async () => {
    const sandboxes = [failed('mine', noon - 75 * minute), failed('other', noon - 75 * minute)];
    const { asked, provider, show } = await open(sandboxes, killedText, {}, 'mine');
    provider.tell();
    await show();
    expect(asked).toEqual(['mine']);
  });

  it('is not asked for when it ended well', async () => {
    const parts = { phase: 'terminated', reason: 'CONTAINER_EXITED', message: null } as const;
    const { asked } = await open([failed('a', noon - minute, 0, parts)]);
    expect(asked).toEqual([]);
  });

  it('is not asked for again by the next window, whose guess replaces nothing', async () => {
    const first = await open([failed('a', noon - 20 * minute)]);
    await first.app.dispose();
    const second = await open([failed('a', noon - 20 * minute)], killedText, { history: first.history });
    expect(first.asked).toEqual(['a']);
    expect(second.asked).toEqual([]);
    expect(second.history.incidentList).toMatchObject([
      { cause: 'out-of-memory', certainty: 'certain', atMs: noon - 20 * minute },
    ]);
    expect(second.view('a').incidents).toMatchObject([{ cause: 'out-of-memory', certainty: 'certain' }]);
  });

  it('is not asked for when somebody saw the end, but is when what is kept is of an earlier run', async () => {
    const history = new RecordingHistory();
    history.recordIncident(anIncident('seen', noon - 10 * minute));
    history.recordDiagnostics({ sandboxId: 'again', atMs: noon - 40 * minute, text: 'all is well' });
    const sandboxes = [failed('seen', noon - 10 * minute), failed('again', noon - 10 * minute)];
    const { asked } = await open(sandboxes, killedText, { history });
    expect(asked).toEqual(['again']);
  });

  it('may be missing', async () => {
    const { app, asked, clock, link, view } = await open(
      [failed('a', noon - minute)],
      () => new Promise(() => undefined),
    );
    await clock.advance(10_000);
    expect(asked).toEqual(['a']);
    expect(link('a').state).toBe('ended');
    expect(view('a').incidents).toMatchObject([{ cause: 'crashed', certainty: 'probable' }]);
    await app.dispose();
  });

  it('is read also when the history does not answer, but not at the close', async () => {
    const history = new RecordingHistory();
    history.incidents = () => new Promise(() => undefined);
    const { app, asked, clock } = await open([failed('a', noon - minute)], killedText, { history });
    expect(asked).toEqual([]);
    await clock.advance(6_000);
    expect(asked).toEqual(['a']);
    const closing = await open([failed('b', noon - minute)], killedText, { history });
    await Promise.all([closing.app.dispose(), closing.clock.advance(10_000)]);
    expect(closing.asked).toEqual([]);
    await Promise.all([app.dispose(), clock.advance(10_000)]);
  });
});
