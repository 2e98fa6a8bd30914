// A test suite whose fixtures are as large as SIZE says; each file of a suite is like this one.
import assert from 'node:assert/strict';
import test from 'node:test';

const size = Number(process.env.SIZE ?? 60);
for (let i = 0; i < 12; i += 1) {
  test(`rows of part ${i} are sorted`, async () => {
    const rows = Array.from({ length: size * 900 }, (_, k) => ({ id: (k * 7919) % 10007, text: `row ${k}`.repeat(2) }));
    rows.sort((a, b) => a.id - b.id);
    const copy = structuredClone(rows);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(copy.length, rows.length);
  });
}
