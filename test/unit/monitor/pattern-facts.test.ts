import { describe, expect, it } from 'vitest';
import { patternFacts } from '../../../src/monitor/pattern-facts.ts';

describe('what is known of a pattern by its name', () => {
  it('is its category, its cause and its fixes, best first', () => {
    const facts = patternFacts('disk-full');
    expect(facts?.category).toBe('disk');
    expect(facts?.cause).not.toBe('');
    expect(facts?.fixes.length).toBeGreaterThan(0);
  });

  it('is nothing for a name of another version', () => {
    expect(patternFacts('no-such-pattern')).toBeNull();
  });
});
