import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditFacts } from '../../../src/app/error-fixes/edits/edit.ts';
import { editNames, editsOf } from '../../../src/app/error-fixes/edits/edits.ts';
import { jsonAt, removeFromJson, setInJson } from '../../../src/app/error-fixes/edits/json-text.ts';
import { changed } from '../../../src/app/error-fixes/edits/text-change.ts';

/** Names that stand for themselves in an object literal too. */
const key = fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__');
const objects = fc.dictionary(key, fc.oneof(fc.dictionary(key, fc.jsonValue()), fc.jsonValue()));
const written = fc
  .tuple(objects, fc.constantFrom(0, 2, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('a change of a JSON text', () => {
  it('sets one value and leaves all others', () => {
    fc.assert(
      fc.property(written, key, key, fc.jsonValue(), (text, outer, inner, value) => {
        const before: unknown = JSON.parse(text);
        const change = setInJson(text, [outer, inner], value);
        const was = isObject(before) && Object.hasOwn(before, outer) ? before[outer] : undefined;
        if (was !== undefined && !isObject(was)) {
          expect(change).toBeNull();
          return;
        }
        const after: unknown = JSON.parse(change === null ? text : changed(text, [change]));
        const expected = { ...(before as object), [outer]: { ...(was ?? {}), [inner]: value } };
        expect(after).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(jsonAt(JSON.stringify(after), [outer, inner])).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes one value away and leaves all others', () => {
    fc.assert(
      fc.property(written, fc.nat(), (text, at) => {
        const before = JSON.parse(text) as Record<string, unknown>;
        const names = Object.keys(before);
        const name = names[at % Math.max(1, names.length)];
        if (name === undefined) return;
        const change = removeFromJson(text, [name]);
        expect(change).not.toBeNull();
        const { [name]: _gone, ...rest } = before;
        expect(JSON.parse(changed(text, change === null ? [] : [change]))).toEqual(rest);
      }),
    );
  });

  it('is none for a text that is no JSON, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const change = setInJson(text, ['a', 'b'], 1);
        if (change === null) return;
        expect(jsonAt(changed(text, [change]), ['a', 'b'])).toBe(1);
      }),
    );
  });
});

const hostile = fc.oneof(
  fc.constantFrom(
    '$(touch x)',
    "'; id; '",
    '\n!secrets',
    '\r\nscript-shell=/bin/evil\n',
    '"}, "scripts": {"build": "evil"',
    '../../etc/passwd',
    '/dist/../..',
    'build": "evil',
    '__proto__',
    'constructor',
    'A=1\nPATH',
    '`id`',
    '*',
    '!',
    '#',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const parameters = fc.record({ variable: hostile, path: hostile, package: hostile, port: hostile, host: hostile });
const files = [
  '',
  '{"scripts":{"build":"vite"},"dependencies":{"a":"1"},"jest":{}}',
  '{\n  "files.watcherExclude": {}\n}\n',
  'node_modules\n*\n',
  'proxy=x\n',
  'A=1\n',
];

describe('values from error texts', () => {
  it('come into a file only as one line of the shape they are said to have', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...editNames()),
        parameters,
        hostile,
        fc.constantFrom(...files),
        (name, mean, command, text) => {
          const common = { limitBytes: 1024 ** 3, place: null };
          const facts: EditFacts = { ...common, parameters: mean, commandLine: command };
          const plain: EditFacts = { ...common, parameters: {}, commandLine: null };
          for (const way of editsOf({ fixId: `pattern/${name}` as 'pattern/a/b', does: 'editor' })) {
            for (const edit of [way, ...(way.also === undefined ? [] : [way.also])]) {
              const changes = edit.change(text, facts);
              if (changes === null || JSON.stringify(changes) === JSON.stringify(edit.change(text, plain))) continue;
              for (const { text: put } of changes) {
                // Two kinds of edits write a value: the name of a variable, and a path of the build.
                expect(put).toMatch(/^\n?(?:[A-Za-z_]\w{0,99}=|![\w@+-][\w@+./-]{0,200})\n$/);
                expect(put).not.toContain('..');
              }
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
