import { expect, it, vi } from 'vitest';
import type { Supervisor } from '../../../src/app/contracts.ts';
import { Details } from '../../../src/editor/details.ts';
import type { AppView } from '../../../src/model/view.ts';
import { appView, nowMs, sandboxView } from '../../helpers/views.ts';

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
