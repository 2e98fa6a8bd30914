import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/history/entries.ts';
import { HeldEntries } from '../../../src/history/held-entries.ts';

const pack = (size: number): Entry => ({
  ...{ k: 'pack', sandboxId: 'sb-1', incidentId: null, fromMs: 0, toMs: 0, stepMs: 0 },
  data: 'x'.repeat(size),
});
const warning = (no: number): Entry => ({
  ...{ k: 'record', kind: 'warning', sandboxId: 'sb-1', id: `w-${no}`, ref: null, atMs: no },
  data: '{}',
});

describe('HeldEntries', () => {
  it('holds entries in order until they are cleared', () => {
    const held = new HeldEntries();
    expect(held.add([warning(1)])).toBe(0);
    expect(held.add([warning(2), warning(3)])).toBe(0);
    expect(held.entries).toEqual([warning(1), warning(2), warning(3)]);
    held.clear();
    expect(held.entries).toEqual([]);
  });

  it('gives up samples before anything else', () => {
    const held = new HeldEntries();
    held.add([warning(1)]);
    let given = 0;
    for (let no = 0; no < 100; no += 1) given += held.add([pack(200_000)]);
    held.add([warning(2)]);
    expect(given).toBeGreaterThan(50);
    expect(held.entries.filter((entry) => entry.k === 'record')).toHaveLength(2);
    expect(held.entries.length).toBeGreaterThan(20);
  });

  it('stays bounded when there is nothing but what matters', () => {
    const held = new HeldEntries();
    for (let no = 0; no < 100; no += 1) held.add(Array.from({ length: 1_000 }, (_, i) => warning(no * 1_000 + i)));
    expect(held.entries.length).toBeLessThan(50_000);
    // The newest are left.
    expect(held.entries.at(-1)).toEqual(warning(99_999));
  });
});
