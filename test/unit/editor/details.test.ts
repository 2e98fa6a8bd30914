import { expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { Details } from '../../../src/editor/details.ts';
import { detailsMarkdown } from '../../../src/editor/text/details-markdown.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';
import type { AppView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';
import { incident } from './dashboard/support.ts';

const editor = vi.hoisted(() => ({ ran: [] as unknown[] }));

const anOutcome = {
  ...{ fixId: 'endProcess', sandboxId: 'a', title: 'End node', risk: 'confirm', target: null },
  ...{ startedAtMs: nowMs, endedAtMs: nowMs, result: 'did-not-work', text: 'It goes on.' },
} as unknown as FixOutcome;

vi.mock('vscode', () => ({
  Uri: { from: (parts: unknown) => parts },
  commands: { executeCommand: (...words: unknown[]) => Promise.resolve(void editor.ran.push(words)) },
  workspace: { registerTextDocumentContentProvider: () => ({ dispose: () => undefined }) },
  EventEmitter: class {
    readonly listeners: ((value: unknown) => void)[] = [];
    readonly event = (listener: (value: unknown) => void) => this.listeners.push(listener);
    fire(value: unknown): void {
      for (const listener of this.listeners) listener(value);
    }
    dispose(): void {
      this.listeners.length = 0;
    }
  },
}));

it('a page of before a reload shows its sandbox as soon as that is known, once', async () => {
  let view: AppView = appView([]);
  const listeners = new Set<(view: AppView) => void>();
  const supervisor: Partial<Supervisor> = {
    get view() {
      return view;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    diagnostics: () => Promise.reject(new Error('none')),
  };
  const change = (next: AppView): void => {
    view = next;
    for (const listener of listeners) listener(next);
  };
  const log = { debug: () => undefined };
  const details = new Details(supervisor as Supervisor, {
    now: () => nowMs,
    redact: (text) => text,
    log: log as never,
  });
  const known = sandboxView();
  const uri = { query: known.sandbox.id } as never;
  const told: unknown[] = [];
  details.onDidChange((each) => told.push(each));

  expect(await details.provideTextDocumentContent(uri)).toBe(
    'This sandbox is not known. As soon as it is, this page shows it.',
  );
  change(appView([]));
  expect(told).toEqual([]);
  change(appView([known]));
  change(appView([known]));
  expect(told).toEqual([uri]);
  expect(await details.provideTextDocumentContent(uri)).toContain('# api\\-tests');
  details.dispose();
  expect(listeners.size).toBe(0);
});

it('keeps its own page: the preview is locked to it', async () => {
  const view = appView([sandboxView()]);
  const supervisor: Partial<Supervisor> = { view, onChange: () => () => undefined };
  const log = { debug: () => undefined };
  const details = new Details(supervisor as Supervisor, {
    now: () => nowMs,
    redact: (text) => text,
    log: log as never,
  });
  await details.show(sandbox().id);
  expect(editor.ran).toEqual([
    [
      'markdown.showPreview',
      { path: '/api-tests.md', query: sandbox().id, scheme: 'sandbox-foresight' },
      undefined,
      { locked: true },
    ],
  ]);
  details.dispose();
});

it('begins with how it ended, has no heading without anything below it, and says results in words', () => {
  const over = detailsMarkdown(
    sandboxView({
      sandbox: sandbox({ phase: 'failed', rawState: 'Failed' }),
      level: 'calm',
      leading: null,
      forecasts: [],
      incidents: [incident({ certainty: 'probable' })],
      outcomes: [anOutcome],
    }),
    nowMs,
    null,
  );
  expect(over).toContain('\n**failed** — probably out of memory\n');
  expect(over).not.toMatch(/calm|## Signals|## Lifecycle/);
  expect(over).toMatch(/: did not work — /);
  const unknown = sandboxView({ sandbox: sandbox({ phase: 'terminated' }), leading: null });
  expect(detailsMarkdown(unknown, nowMs, null)).toContain('\n**ended**\n');
});

it('tells what becomes of a sandbox whose time is over, how many cores there are, and the lead of a warning once', () => {
  const page = detailsMarkdown(
    sandboxView({
      sandbox: sandbox({
        expiry: { clock: 'absolute', expiresAtMs: nowMs, action: 'delete', extendedBy: 'call', certainty: 'known' },
      }),
      forecasts: [memoryForecast({ signal: 'cpu', unit: 'cores', used: 0.5, limit: 1, pressure: 0.5 })],
      incidents: [incident({ leadMs: 40_000, text: 'It died. The warning came 40 s before.' })],
    }),
    nowMs,
    null,
  );
  expect(page).toMatch(/, then deleted \|/);
  expect(page).toContain('50% of 1 core |');
  expect(page.match(/40 s before/g)).toHaveLength(1);
});
