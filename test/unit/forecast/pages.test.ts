import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockNames, withBlock } from '../../bench/forecast/pages/blocks.ts';
import { table } from '../../bench/forecast/pages/markdown.ts';
import { pages } from '../../bench/forecast/pages/pages.ts';

const root = path.resolve(import.meta.dirname, '../../..');

describe('the pages on the forecast', () => {
  it.each(Object.entries(pages))('%s has the blocks that are measured, and no others', (page, blocks) => {
    expect(blockNames(readFileSync(path.join(root, page), 'utf8'))).toEqual([...blocks]);
  });

  it('keep what stands around a block', () => {
    const page =
      'before\n<!-- measured: a -->\n\nold\n\n<!-- end -->\nbetween\n<!-- measured: b -->\n\nb\n\n<!-- end -->\n';
    expect(withBlock(page, 'a', 'new')).toBe(page.replace('old', 'new'));
    expect(() => withBlock(page, 'c', 'new')).toThrow('no block "c"');
    expect(() => withBlock('<!-- measured: a -->\nopen', 'a', 'new')).toThrow('no block "a"');
    expect(() => withBlock(page.replace('<!-- end -->', ''), 'a', 'new')).toThrow('no block "a"');
  });

  it('have tables that Markdown reads', () => {
    expect(table(['', 'recall'], [['calm', '0.86']])).toBe('| | recall |\n| --- | --- |\n| calm | 0.86 |');
  });
});
