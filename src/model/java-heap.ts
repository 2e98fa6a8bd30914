/*
 * HotSpot keeps its own counters in a small file mapped into memory, `/tmp/hsperfdata_<user>/<pid>`, which whoever has the right may read
 * without the JVM noticing (`-XX:+UsePerfData`, the default). The form is HotSpot's share/runtime/perfMemory.hpp, version 2.0:
 *
 *   0 magic 0xcafec0c0 (big endian) · 4 byte order (0 big, 1 little) · 5 major · 6 minor · 7 accessible · 8 used · 12 overflow
 *   16 time of the last change (8 bytes) · 24 offset of the first entry · 28 number of entries
 *   entry: 0 length · 4 offset of the name · 8 vector length · 12 type ('J' a long, 'B' bytes) · 13 flags · 14 unit · 15 variability
 *          16 offset of the value; offsets from the beginning of the entry
 *
 * What the counters mean was found by filling heaps until they broke, with Java 17 and 25 (docs/forecasting.md).
 */

/** No file of a JVM is larger than this unless somebody sets -XX:PerfDataMemorySize; the counters looked for stand in the first half. */
export const javaCountersBytes = 64 * 1024;

const magic = 0xcafe_c0c0;
const prologueBytes = 32;
const entryHeadBytes = 20;
const mostEntries = 4_096;
const longestText = 128;
const longType = 0x4a;
const bytesType = 0x42;

const wanted = /^sun\.(?:gc\.(?:policy\.name$|generation\.|collector\.)|rt\.createVmBeginTime$)/;

type Value = number | string;

const textAt = (bytes: Uint8Array, from: number, to: number): string => {
  let text = '';
  for (let at = from; at < Math.min(to, from + longestText, bytes.length); at++) {
    const code = bytes[at] ?? 0;
    if (code === 0) break;
    text += String.fromCharCode(code);
  }
  return text;
};

/** The counters that are looked for, by name; null when it is no such file, or one that is not ready yet. */
const valuesOf = (bytes: Uint8Array): ReadonlyMap<string, Value> | null => {
  if (bytes.length < prologueBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, javaCountersBytes));
  const order = view.getUint8(4);
  if (view.getUint32(0) !== magic || order > 1 || view.getUint8(5) !== 2 || view.getUint8(7) !== 1) return null;
  const little = order === 1;
  const count = Math.min(view.getInt32(28, little), mostEntries);
  const values = new Map<string, Value>();
  let at = view.getInt32(24, little);
  for (let i = 0; i < count; i++) {
    if (at < prologueBytes || at + entryHeadBytes > view.byteLength) break;
    const length = view.getInt32(at, little);
    const end = at + length;
    if (length < entryHeadBytes || end > view.byteLength) break;
    const name = textAt(bytes, at + Math.max(0, view.getInt32(at + 4, little)), end);
    const vector = view.getInt32(at + 8, little);
    const type = view.getUint8(at + 12);
    const valueAt = at + Math.max(0, view.getInt32(at + 16, little));
    at = end;
    // The others tell of command lines and properties, which are nobody's business.
    if (!wanted.test(name)) continue;
    if (type === longType && vector === 0 && valueAt + 8 <= end) {
      values.set(name, Number(view.getBigInt64(valueAt, little)));
    } else if (type === bytesType && vector > 0) {
      values.set(name, textAt(bytes, valueAt, Math.min(end, valueAt + vector)));
    }
  }
  return values;
};

/** From this share on the old generation takes nothing more, and what lives stays with the young. */
const oldIsFull = 0.98;
/** Before this share the sizes of the generations are still being found. */
const oldIsGrown = 0.5;

/** What the counters tell of one heap at one time. */
export interface JavaHeapCounters {
  /** When the JVM began, epoch milliseconds; null when it does not tell. */
  readonly startedAtMs: number | null;
  /** What collections have left over: the old generation and the survivors. With collectors that know no eden, all of the heap in use. */
  readonly heldBytes: number;
  /** What was made since the last collection. */
  readonly freshBytes: number;
  /** The old generation takes nothing more: what lives through a collection stays among what was made. */
  readonly keepsFresh: boolean;
  /** Where the next object fails: what the heap may hold in all. */
  readonly limitBytes: number;
  /** How often all of the heap was looked at and cleaned since the JVM began; null where that cannot be told (CMS, ZGC). */
  readonly fullCollections: number | null;
  /** Nothing else cleans the old generation (serial, parallel). */
  readonly onlyThose: boolean;
}

/**
 * Reads the counters of a JVM. Never throws, whatever the bytes are.
 * @returns null when they are not those of a HotSpot heap.
 */
export const parseJavaCounters = (bytes: Uint8Array): JavaHeapCounters | null => {
  const values = valuesOf(bytes);
  if (values === null) return null;
  const amount = (name: string): number | null => {
    const value = values.get(name);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const [young, old] = ['sun.gc.generation.0', 'sun.gc.generation.1'] as const;
  const oldBytes = amount(`${old}.space.0.used`);
  // Java 17 adds eight bytes to what G1 may have.
  const oldMost = Math.floor((amount(`${old}.maxCapacity`) ?? 0) / 1024) * 1024;
  if (oldBytes === null || oldMost === 0) return null;
  const eden = amount(`${young}.space.0.used`) ?? 0;
  const startedAtMs = amount('sun.rt.createVmBeginTime');
  const cleansAlways = { startedAtMs, keepsFresh: false, limitBytes: oldMost, fullCollections: null, onlyThose: false };
  /** Collections are counted when they begin; one that goes on has not cleaned anything yet. */
  const pauses = (collector: number): number | null => {
    const [count, began, ended] = ['invocations', 'lastEntryTime', 'lastExitTime'].map((name) =>
      amount(`sun.gc.collector.${collector}.${name}`),
    );
    return count == null ? null : Math.max(0, count - ((began ?? 0) > (ended ?? 0) ? 1 : 0));
  };
  const wholePauses = pauses(1) ?? 0;
  const spaces = amount(`${young}.spaces`);
  if (spaces !== 3) {
    // ZGC and Shenandoah: one heap, or two generations that share it. Of Shenandoah, whose young generation has no space, a change of what
    // it counts is a cycle.
    const cycles = spaces === 0 ? wholePauses + (pauses(0) ?? 0) : null;
    return { ...cleansAlways, heldBytes: oldBytes + eden, freshBytes: 0, fullCollections: cycles };
  }
  const survivors = (amount(`${young}.space.1.used`) ?? 0) + (amount(`${young}.space.2.used`) ?? 0);
  const heldBytes = oldBytes + survivors;
  const policy = String(values.get('sun.gc.policy.name') ?? '');
  if (policy === 'GarbageFirst') {
    // Its old generation may take the whole heap. It looks at everything in cycles of two counted pauses.
    const cyclePauses = pauses(2);
    const cycles = cyclePauses === null ? null : wholePauses + Math.floor(cyclePauses / 2);
    return { ...cleansAlways, heldBytes, freshBytes: eden, fullCollections: cycles };
  }
  const keepsFresh = oldBytes >= oldIsFull * oldMost;
  const capacity = amount(`${young}.space.0.capacity`) ?? 0;
  const edenMost = amount(`${young}.space.0.maxCapacity`) ?? capacity;
  // The parallel collector gives the young less than they may have, and does not give it back to them in need.
  const takesItsRoom = keepsFresh || (policy.startsWith('ParScav') && oldBytes >= oldIsGrown * oldMost);
  const limitBytes = oldMost + (takesItsRoom && capacity > 0 ? capacity : edenMost);
  // "Copy:MSC" and "ParScav:MSC": mark, sweep and compact, all of it at once.
  const onlyThose = policy.endsWith(':MSC');
  const fullCollections = onlyThose ? wholePauses : null;
  return { startedAtMs, heldBytes, freshBytes: eden, keepsFresh, limitBytes, fullCollections, onlyThose };
};
