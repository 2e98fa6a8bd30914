import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/history/redactor.ts';

const redact = (text: string): string => text.replaceAll(/hunter2|(?<=token=)\S+/g, '[redacted]');

describe('createRedactor', () => {
  it('takes secrets out of every text in a value', () => {
    const value = { a: 'hunter2', b: [{ c: 'is hunter2' }], d: 5, e: null, f: true };
    expect(createRedactor(redact).value(value)).toEqual({
      a: '[redacted]',
      b: [{ c: 'is [redacted]' }],
      d: 5,
      e: null,
      f: true,
    });
  });

  it('judges a value together with its name', () => {
    expect(createRedactor(redact).value({ token: 'abc', other: 'abc' })).toEqual({ token: '[redacted]', other: 'abc' });
  });

  it('keeps a field that is called like a part of every object', () => {
    const value: unknown = JSON.parse('{"__proto__": "hunter2", "constructor": {"x": "hunter2"}}');
    expect(JSON.stringify(createRedactor(redact).value(value))).toBe(
      '{"__proto__":"[redacted]","constructor":{"x":"[redacted]"}}',
    );
  });

  it('leaves ids as they are, but shortens long ones so that they stay different', () => {
    const { id, value } = createRedactor(redact);
    expect(id('hunter2')).toBe('hunter2');
    expect(value({ id: 'hunter2', sandboxId: 'token=x' })).toEqual({ id: 'hunter2', sandboxId: 'token=x' });
    const long = (middle: string): string => `${'a'.repeat(300)}${middle}${'b'.repeat(300)}`;
    expect(id(long('1'))).not.toBe(id(long('2')));
    expect(id(long('1'))).toBe(id(long('1')));
    expect(id(long('1')).length).toBeLessThanOrEqual(256);
    // What was shortened once is not shortened again.
    expect(id(id(long('1')))).toBe(id(long('1')));
  });

  it('cuts long texts after redacting them', () => {
    const { text, ending } = createRedactor(redact);
    const start = text(`${'x'.repeat(4_090)}hunter2${'y'.repeat(100_000)}`);
    expect(start).toHaveLength(4_096);
    expect(start).not.toContain('hunt');
    const end = ending(`${'y'.repeat(200)}\n token=abcdef\nlast line`, 60);
    expect(end.length).toBeLessThanOrEqual(60);
    expect(end).toContain('last line');
    expect(end).not.toContain('abc');
  });

  it('does not keep the second half of a secret whose first half was cut away', () => {
    const { ending } = createRedactor(redact);
    const text = `token=${'s'.repeat(100)} ${'x '.repeat(30)}`;
    expect(ending(text, 70)).not.toContain('ss');
  });

  it('bounds what it takes: depth, items and fields', () => {
    const { value } = createRedactor(redact);
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 'end');
    expect(JSON.stringify(value(deep)).length).toBeLessThan(200);
    expect(value(Array.from({ length: 5_000 }, () => 1))).toHaveLength(1_000);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, no) => [`k${no}`, 'v']));
    expect(Object.keys(value(wide) as object)).toHaveLength(64);
  });

  it('asks only once for a text that comes again and again', () => {
    let asked = 0;
    const { text } = createRedactor((raw) => {
      asked += 1;
      return raw;
    });
    for (let i = 0; i < 1_000; i += 1) text('node');
    expect(asked).toBe(1);
  });
});
