import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/java-counters');

/**
 * Counters as a real JVM wrote them while test/replay/workloads/App.java ran with -Xmx64m (Java 17; `g1-25` and `generational-z` Java 25).
 * Entries that tell of the machine, and most that nobody reads, were left out; the others are untouched.
 */
export const realCounters = (
  name: 'serial' | 'parallel' | 'g1' | 'z' | 'shenandoah' | 'g1-25' | 'generational-z',
): Uint8Array => new Uint8Array(readFileSync(join(folder, `${name}.bin`)));

/** A file of counters made up by its values, in either byte order. */
export function countersFile(values: Readonly<Record<string, number | string>>, little = true): Uint8Array {
  const entries = Object.entries(values).map(([name, value]) => {
    const nameBytes = new TextEncoder().encode(`${name}\0`);
    const valueAt = Math.ceil((20 + nameBytes.length) / 8) * 8;
    const text = typeof value === 'string' ? new TextEncoder().encode(`${value}\0`) : null;
    const entry = new Uint8Array(valueAt + Math.ceil((text?.length ?? 8) / 8) * 8);
    const view = new DataView(entry.buffer);
    view.setInt32(0, entry.length, little);
    view.setInt32(4, 20, little);
    view.setInt32(8, text?.length ?? 0, little);
    view.setUint8(12, (text === null ? 'J' : 'B').charCodeAt(0));
    view.setInt32(16, valueAt, little);
    entry.set(nameBytes, 20);
    if (text !== null) entry.set(text, valueAt);
    else view.setBigInt64(valueAt, BigInt(Number(value)), little);
    return entry;
  });
  const file = new Uint8Array(32 + entries.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xcafe_c0c0);
  file.set([little ? 1 : 0, 2, 0, 1], 4);
  view.setInt32(8, file.length, little);
  view.setInt32(24, 32, little);
  view.setInt32(28, entries.length, little);
  let at = 32;
  for (const entry of entries) {
    file.set(entry, at);
    at += entry.length;
  }
  return file;
}
