import { describe, expect, it } from 'vitest';
import { PostMortemDesk } from '../../../../src/app/post-mortem/desk.ts';
import { startedBench } from '../../../helpers/app-bench.ts';
import { aSandbox, using } from '../../../helpers/fake-provider.ts';
import { disposeHistories, historyClock, memoryHistory } from '../../../helpers/memory-history.ts';
import { appView, sandbox, sandboxView } from '../../../helpers/views.ts';
import { anIncident } from '../../../integration/history/makers.ts';
import { course, MiB, patterns } from './scene.ts';

disposeHistories();

describe('the post-mortem that is asked for by its id', () => {
  const redact = (text: string): string => text.replaceAll('hunter2', '[redacted]');

  it('is that of an incident in the view, with what the view alone knows, redacted', async () => {
    const incident = anIncident('i-1', { text: 'It died of hunter2.', samples: course(9, () => 100) });
    const view = appView([sandboxView({ incidents: [incident] })]);
    const desk = new PostMortemDesk({
      clock: historyClock,
      history: memoryHistory(),
      patterns,
      redact,
      view: () => view,
    });
    const story = await desk.tell('i-1');
    expect(story?.verdict).toMatch(/^It died of \[redacted\]\./);
    expect(story?.courses).toHaveLength(1);
  });

  it('is that of an incident only the history knows, and null for none', async () => {
    const history = memoryHistory();
    history.recordIncident(anIncident('i-2', { samples: course(9, () => 100) }));
    const desk = new PostMortemDesk({
      clock: historyClock,
      history,
      patterns,
      redact,
      view: () => appView([]),
    });
    expect((await desk.tell('i-2'))?.courses[0]?.timesMs).toHaveLength(9);
    expect(await desk.tell('i-3')).toBeNull();
  });

  it('takes the numbers of the machine for its own only in the place the editor works in', async () => {
    const samples = course(9, () => 100).map((each) => ({ ...each, source: 'machine' as const }));
    const limits: unknown[] = [];
    for (const provider of ['local', 'openSandbox']) {
      const history = memoryHistory();
      history.recordIncident(anIncident('i-4', { provider, samples }));
      const view = appView([sandboxView({ sandbox: sandbox({ provider: 'local' }) }), sandboxView()]);
      const desk = new PostMortemDesk({ clock: historyClock, history, patterns, redact, view: () => view });
      limits.push((await desk.tell('i-4'))?.ownLimitBytes);
    }
    expect(limits).toEqual([512 * MiB, null]);
  });

  it('can be had of the running application, from the end of a sandbox on', async () => {
    const bench = await startedBench([aSandbox('a')]);
    for (let no = 0; no < 20; no += 1) {
      bench.provider.stream('a').queue.push(using('a', bench.clock.now(), 100 + no));
      await bench.clock.advance(1000);
    }
    bench.provider.remove('a');
    await bench.show();
    const [incident] = bench.view('a').incidents;
    const asked = bench.app.postMortem(incident?.id ?? '');
    await bench.clock.advance(1000);
    const story = await asked;
    expect(story).toMatchObject({ cause: 'deleted', incident: { sandboxId: 'a' } });
    expect(story?.courses[0]?.used.length).toBeGreaterThan(10);
    expect(story?.events.at(-1)).toMatchObject({ kind: 'break' });
    await bench.app.dispose();
  });
});
