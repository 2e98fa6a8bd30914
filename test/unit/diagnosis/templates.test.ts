import { describe, expect, it } from 'vitest';
import { TemplateMiner } from '../../../src/diagnosis/templates.ts';

describe('templates of unknown errors', () => {
  it('are one for lines that differ in names and numbers', () => {
    const miner = new TemplateMiner();
    const ids = [
      'frobnicator: cannot open widget alpha in tray 7',
      'frobnicator: cannot open widget beta in tray 912',
      'frobnicator: cannot open widget gamma in tray 3',
    ].map((line) => miner.add(line).id);
    expect(new Set(ids).size).toBe(1);
    expect(miner.templates).toEqual([
      { id: 1, count: 3, words: ['frobnicator:', 'cannot', 'open', 'widget', '<*>', 'in', 'tray', '<n>'] },
    ]);
  });

  it('are two for different errors', () => {
    const miner = new TemplateMiner();
    expect(miner.add('frobnicator: cannot open widget alpha').id).not.toBe(
      miner.add('frobnicator: tray is already full now').id,
    );
    expect(miner.add('other: cannot open widget alpha').id).toBe(3);
  });

  it('are forgotten, the one not seen for longest first', () => {
    const miner = new TemplateMiner();
    const name = (index: number): string => String.fromCodePoint(97 + (index % 26)).repeat(1 + Math.floor(index / 26));
    for (let index = 0; index < 510; index++) miner.add(`tool-${name(index)} failed badly`);
    expect(miner.templates).toHaveLength(500);
    expect(miner.templates[0]?.words[0]).toBe(`tool-${name(10)}`);
  });
});
