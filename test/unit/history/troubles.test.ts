import { describe, expect, it } from 'vitest';
import { Troubles } from '../../../src/history/troubles.ts';

const open = (): { troubles: Troubles; lines: string[]; told: (string | null)[] } => {
  const lines: string[] = [];
  const told: (string | null)[] = [];
  const say = (text: string): void => void lines.push(text);
  const troubles = new Troubles({ debug: say, info: say, warn: say, error: say });
  troubles.listen((text) => told.push(text));
  return { troubles, lines, told };
};

describe('Troubles', () => {
  it('tells of a trouble once, and when it is over', () => {
    const { troubles, lines, told } = open();
    for (let no = 0; no < 5; no += 1) troubles.set('full', 'The disk is full.');
    expect(troubles.text).toBe('The disk is full.');
    troubles.set('full', null);
    troubles.set('full', null);
    expect(told).toEqual(['The disk is full.', null]);
    expect(lines).toHaveLength(1);
  });

  it('shows the gravest and then the next', () => {
    const { troubles, told } = open();
    troubles.set('set-aside', 'It was damaged.');
    troubles.set('full', 'The disk is full.');
    troubles.set('dropped', 'Too much.');
    expect(troubles.text).toBe('The disk is full.');
    troubles.set('full', null);
    expect(told).toEqual(['It was damaged.', 'The disk is full.', 'It was damaged.']);
  });

  it('does not speak again for a number that grows', () => {
    const { troubles, told } = open();
    troubles.set('dropped', '5 left out.');
    troubles.set('dropped', '6 left out.');
    expect(told).toEqual(['5 left out.']);
    expect(troubles.text).toBe('6 left out.');
  });

  it('leaves those alone who do not listen any more', () => {
    const { troubles } = open();
    const told: unknown[] = [];
    troubles.listen((text) => told.push(text))();
    troubles.set('full', 'The disk is full.');
    expect(told).toEqual([]);
  });
});
