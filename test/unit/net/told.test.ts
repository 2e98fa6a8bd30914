import { describe, expect, it } from 'vitest';
import { told } from '../../../src/net/told.ts';

describe('the message of a failed call', () => {
  it('says the reason first and the call after it', () => {
    expect(told('nothing listens there', 'GET http://h/x')).toBe('Nothing listens there (GET http://h/x).');
    expect(told('Sandbox x not found. ', 'GET http://h/x')).toBe('Sandbox x not found (GET http://h/x).');
  });
});
