import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import type { ErrorFixDialogs } from '../../../src/editor/error-fixes/dialogs.ts';
import { ErrorOffers } from '../../../src/editor/error-fixes/error-offers.ts';
import { KillNotices } from '../../../src/editor/kill-notices.ts';
import type { AppView } from '../../../src/model/view.ts';
import { aRankedFix } from '../../helpers/a-ranked-fix.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';
import { appView } from '../../helpers/views.ts';
import { calmForecast, id, limitBytes, memoryReading, processReading, sampleAt, scene, t0 } from '../monitor/scene.ts';

const editor = vi.hoisted(() => ({ said: [] as string[] }));
vi.mock('vscode', () => {
  const message = async (text: string) => void editor.said.push(text);
  return { window: { showInformationMessage: message, showWarningMessage: message } };
});

beforeEach(() => {
  editor.said = [];
});

/** The place the editor works in, where a command of a terminal was killed, and both that speak of it unasked. */
const place = (inside: boolean) => {
  const each = scene();
  const clock = new FakeClock();
  const failed = (error: unknown): never => {
    throw error;
  };
  const told: ((view: AppView) => void)[] = [];
  const supervisor: Pick<Supervisor, 'onChange'> = {
    onChange: (listener) => {
      told.push(listener);
      return () => undefined;
    },
  };
  const kills = new KillNotices(supervisor as Supervisor, {
    ...{ clock, failed, enabled: () => true },
    ...{ showDetails: async () => undefined, help: async () => undefined },
  });
  const fix = aRankedFix({ does: 'action', title: 'Show the memory' });
  const dialogs: Pick<ErrorFixDialogs, 'fixesFor'> = { fixesFor: async () => [fix] };
  const offers = new ErrorOffers(dialogs as ErrorFixDialogs, { enabled: () => true, now: () => t0 + 2_000, failed });
  const draw = async (): Promise<void> => {
    const view = appView([each.monitor.view(t0)], { currentId: id, currentInside: inside });
    for (const listener of told) listener(view);
    offers.update(view);
    await settle();
  };
  const hungry = processReading(412, 'hungry', 0.4 * limitBytes);
  const count = (seconds: number, oomKillCount: number) =>
    sampleAt(seconds, 0.5, {
      memory: memoryReading(0.5, { oomKillCount }),
      processes: oomKillCount === 0 ? [hungry] : [],
      ...(oomKillCount === 0 ? {} : { ended: [hungry] }),
    });
  each.feed(count(0, 0), calmForecast());
  const command = { sandboxId: id, commandId: 'c' };
  each.monitor.observe({ kind: 'command-started', ...command, atMs: t0 + 100, commandLine: './hungry', cwd: null });
  const speaks = async (): Promise<void> => {
    each.monitor.observe({ kind: 'command-ended', ...command, atMs: t0 + 1_500, exitCode: 137 });
    const said = { commandLine: './hungry', source: 'terminal', text: 'Killed\n', exitCode: 137 };
    each.monitor.error({ ...command, ...said, atMs: t0 + 1_500 });
    await draw();
  };
  const counts = async (): Promise<void> => {
    each.feed(count(2, 1), calmForecast());
    await draw();
  };
  const pass = async (seconds: number): Promise<void> => {
    each.tick(seconds);
    await draw();
    await clock.advance(seconds * 1_000);
    await settle();
  };
  return { each, kills, speaks, counts, pass };
};

describe('a kill for memory in the place the editor works in', () => {
  it.each(['the shell', 'the kernel'])('is said once, whether %s speaks first', async (first) => {
    const { each, kills, speaks, counts, pass } = place(true);
    for (const step of first === 'the shell' ? [speaks, counts] : [counts, speaks]) await step();
    await pass(8);
    expect(each.monitor.view(t0).errors).toMatchObject([{ pattern: 'oom-killed' }]);
    expect(editor.said).toHaveLength(1);
    expect(editor.said[0]).toContain('hungry');
    kills.dispose();
  });

  it('is told by the error when it was no kill for memory', async () => {
    const { kills, speaks, pass } = place(true);
    await speaks();
    expect(editor.said).toEqual([]);
    await pass(8);
    expect(editor.said).toEqual([expect.stringMatching(/Killed/)]);
    kills.dispose();
  });

  it('is told by the error in a sandbox elsewhere, of whose kills nothing else speaks', async () => {
    const { kills, speaks, counts, pass } = place(false);
    await speaks();
    await counts();
    await pass(8);
    expect(editor.said).toHaveLength(1);
    kills.dispose();
  });
});
