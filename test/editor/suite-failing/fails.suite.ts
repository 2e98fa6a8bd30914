import assert from 'node:assert/strict';
import { test } from '../suite/runner.ts';

test('a test that fails, so that we know failures arrive', () => {
  assert.equal('what is', 'what should be');
});
