import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StatusBar } from '../../../src/editor/status-bar.ts';
import type { AppView } from '../../../src/model/view.ts';
import { appView, nowMs, sandboxView, server } from '../../helpers/views.ts';

const editor = vi.hoisted(() => ({ item: { command: '', show: () => undefined } as { command: string } }));

vi.mock('vscode', () => ({
  StatusBarAlignment: { Left: 1 },
  window: { createStatusBarItem: () => editor.item },
  MarkdownString: class {},
  ThemeColor: class {},
}));

const commandFor = (view: AppView): string => {
  new StatusBar().update(view, nowMs);
  return editor.item.command;
};

beforeEach(() => {
  editor.item.command = '';
});

describe('a click on the status bar', () => {
  it('leads to what its words ask for', () => {
    const link = { ...sandboxView().link, state: 'needs-consent', problem: 'needs-consent' } as const;
    expect(commandFor(appView([], { servers: [] }))).toBe('sandboxForesight.connect');
    expect(commandFor(appView([], { servers: [server()] }))).toBe('sandboxForesight.selectSandbox');
    expect(commandFor(appView([sandboxView({ level: 'warn' })]))).toBe('sandboxForesight.whatCanIDo');
    expect(commandFor(appView([sandboxView({ level: 'calm' })]))).toBe('sandboxForesight.showDetails');
    expect(commandFor(appView([sandboxView({ level: 'calm', link })]))).toBe('sandboxForesight.allowWatching');
    expect(commandFor(appView([sandboxView({ level: 'critical', link })]))).toBe('sandboxForesight.whatCanIDo');
  });
});
