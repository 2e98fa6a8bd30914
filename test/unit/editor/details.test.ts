import { expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { Details } from '../../../src/editor/details.ts';
import { detailsMarkdown } from '../../../src/editor/text/details-markdown.ts';
import type { AppView } from '../../../src/model/view.ts';
import { appView, memoryForecast, nowMs, sandbox, sandboxView } from '../../helpers/views.ts';
import { incident } from './dashboard/support.ts';

vi.mock('vscode', () => ({
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
