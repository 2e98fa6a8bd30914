import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../../src/net/redact.ts';

const secret = fc.stringMatching(/^[A-Z][a-z]{6}[0-9]{6}[A-Za-z0-9]{12}$/);
const around = fc.constantFrom('', ' ', '\n', '{"a":1,', ' x=1 ', '--flag ', 'error: ', '"', '\\"', '日本 ');
const fragments = fc.constantFrom(
  'token',
  '=',
  ':',
  '"',
  "'",
  '\\',
  ' ',
  '\n',
  'a',
  'KEY',
  'Authorization',
  'Bearer ',
  'http://',
  '@',
  'a.b-c_',
  '--',
  '-----BEGIN PRIVATE KEY-----',
  'eyJabcdefgh.',
  '[redacted]',
);

describe('redactSecrets, for any text', () => {
  it('hides a secret wherever it stands', () => {
    const forms = fc.constantFrom(
      (s: string) => `API_KEY=${s}`,
      (s: string) => `"accessToken": "${s}"`,
      (s: string) => `X-Api-Key: ${s}`,
      (s: string) => `Authorization: Bearer ${s}`,
      (s: string) => `https://me:${s}@host/`,
      (s: string) => `/path?access_token=${s}&x=1`,
      (s: string) => `--password ${s}`,
      (s: string) => `-----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----`,
    );
    fc.assert(
      fc.property(secret, forms, around, around, (value, form, before, after) => {
        expect(redactSecrets(`${before}${before === '' ? '' : ' '}${form(value)}${after}`)).not.toContain(value);
      }),
    );
  });

  it('changes nothing the second time', () => {
    const text = fc.oneof(
      fc.array(fragments, { maxLength: 25 }).map((parts) => parts.join('')),
      fc.string({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const once = redactSecrets(any);
        expect(redactSecrets(once)).toBe(once);
      }),
    );
  });

  it('is done with half a megabyte of the worst text', { timeout: 60_000 }, () => {
    // With a pattern that takes the square of the length, each of these would run for many minutes.
    fc.assert(
      fc.property(fc.array(fragments, { minLength: 1, maxLength: 3 }), (parts) => {
        const piece = parts.join('');
        const text = piece.repeat(Math.ceil(500_000 / piece.length));
        expect(redactSecrets(text).length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});
