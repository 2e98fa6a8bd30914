import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nastyTexts, stepsOf } from '../../helpers/regex-steps.ts';

const folder = path.join(import.meta.dirname, '../../../src/diagnosis');

/** Expressions written in the files beside the catalogue, whose own are tested with its records. */
const written = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
      .flatMap((line) => [
        ...line.matchAll(
          /(?<=^\s*|[\s([,:=!])\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\n\\[ ]|(?<!\/) (?! ?\/))+)\/([gimuy]*)(?=[\s,.;)\]]|$)/g,
        ),
      ])
      .map((match) => ({ file, source: match[1] ?? '', flags: match[2] ?? '' })),
  );

/** Lines of one mark only, as art and broken output have them: no expression may try every way to cut them. */
const monotonous = [':', '.', '/', ' ', '"', 'a ', 'a:', 'a/', '::a', '[1] '];

/** Lines have at most 2,000 characters; command lines and lines for fingerprints are cut shorter. */
const length = 1_000;

describe('the expressions of diagnosis', () => {
  it('are found', () => {
    expect(written.length).toBeGreaterThan(90);
  });

  it.each(written)('$file: /$source/ takes few steps a character', { timeout: 60_000 }, ({ source, flags }) => {
    const expression = new RegExp(source, flags);
    const texts = [
      ...nastyTexts(expression, length).slice(0, 9),
      ...monotonous.map((mark) => mark.repeat(length / mark.length)),
    ];
    for (const text of texts) {
      expect(stepsOf(expression, text, length * 2_000), text.slice(0, 40)).not.toBeNull();
    }
  });
});
