import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../src/net/loopback.ts';

describe('isLoopback', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '127.0.0.1',
    '127.8.9.10',
    '127.1',
    '2130706433',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0.0.0.0',
    '0',
    '[::]',
    '[::ffff:0.0.0.0]',
  ])('%s is here', (host) => {
    expect(isLoopback(new URL(`http://${host}:4/x`))).toBe(true);
    expect(isLoopback(new URL(`wss://${host}`))).toBe(true);
  });

  it.each([
    'example.org',
    '10.0.0.1',
    '128.0.0.1',
    'localhost.example.org',
    '127.0.0.1.example.org',
    '[::2]',
    '[::ffff:10.0.0.1]',
    '[::ffff:8000:1]',
  ])('%s is elsewhere', (host) => {
    expect(isLoopback(new URL(`http://${host}:4/x`))).toBe(false);
  });
});
