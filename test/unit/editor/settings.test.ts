import { beforeEach, describe, expect, it, vi } from 'vitest';
import { appSettings, readSettings } from '../../../src/editor/settings.ts';

const editor = vi.hoisted(() => ({ values: {} as Record<string, unknown> }));

vi.mock('vscode', () => ({
  workspace: { getConfiguration: () => ({ get: (name: string) => editor.values[name] }) },
}));

beforeEach(() => {
  editor.values = {};
});

describe('a number in the settings', () => {
  const rest = (value: unknown): number => {
    editor.values = { 'local.restAfterMinutes': value };
    return readSettings().local.restAfterMinutes;
  };

  it('never becomes another thing than was meant by being made whole', () => {
    expect([rest(0), rest(0.5), rest(1), rest(29.5)]).toEqual([0, 1, 1, 30]);
  });

  it('is kept within what there can be', () => {
    expect([rest(-3), rest(1e9), rest('5'), rest(Number.NaN)]).toEqual([0, 1_440, 30, 30]);
  });
});

describe('what is kept', () => {
  it('can be seen for as long', () => {
    const seenMs = (days: unknown): number | undefined => {
      editor.values = { 'history.maximumAgeDays': days };
      return appSettings(readSettings()).rememberedMaximumAgeMs;
    };
    expect([seenMs(undefined), seenMs(1), seenMs(365)]).toEqual([30, 1, 365].map((days) => days * 86_400_000));
  });
});
