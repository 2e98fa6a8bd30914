import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../src/model/owner.ts';

describe('the owner of a sandbox', () => {
  it.each([
    [{ owner: 'ada' }, 'ada'],
    [{ 'example.com/team': 'x', User: ' grace ' }, 'grace'],
    [{ created_by: 'linus', name: 'x' }, 'linus'],
    [{ 'created-by': 'ken' }, 'ken'],
    [{ owner: '  ' }, null],
    [{}, null],
    [{ 'acme.io/owner': 'ada' }, 'ada'],
    [{ 'created-by': ' grace ' }, 'grace'],
    [{ user: 'x'.repeat(300) }, 'x'.repeat(100)],
  ])('%o belongs to "%s"', (metadata, owner) => expect(ownerOf(metadata as Record<string, string>)).toBe(owner));
});
