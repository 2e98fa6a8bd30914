import { describe, expect, it } from 'vitest';
import { moreActions } from '../../../src/editor/text/more-actions.ts';
import { fixIds } from '../../../src/model/fix.ts';
import { memoryForecast, sandboxView } from '../../helpers/views.ts';

describe('what else can be done', () => {
  const offer = {
    id: 'clearCaches',
    title: 'Clear caches (1.2 GiB)',
    risk: 'confirm',
    reason: 'Why.',
    target: null,
  } as const;

  it('is what fits the signal first, and nothing twice', () => {
    const ids = (signal: 'memory' | 'disk' | 'expiry', fixes: readonly (typeof offer)[] = []) =>
      moreActions(sandboxView({ leading: memoryForecast({ signal }), actions: fixIds, fixes })).map(({ id }) => id);
    expect(ids('memory')).toEqual([
      'setHeapLimit',
      'lowerParallelism',
      'clearCaches',
      'shortenLogs',
      'showLargestFolders',
    ]);
    expect(ids('disk')[0]).toBe('clearCaches');
    expect(ids('expiry').slice(0, 2)).toEqual(['extend', 'snapshot']);
    expect(ids('disk', [offer])).not.toContain('clearCaches');
  });

  it('is only what the sandbox really supports now', () => {
    expect(moreActions(sandboxView({ actions: ['endProcess', 'openTerminal'] }))).toEqual([]);
    expect(moreActions(sandboxView({ actions: ['showLargestFolders'] }))).toMatchObject([
      { title: 'Show the largest folders' },
    ]);
  });
});
