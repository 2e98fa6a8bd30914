import * as z from 'zod/mini';
import type { HeapUse, Sample, SampleSource } from '../model/sample.ts';
import { parseJson } from './json.ts';

/**
 * Several samples of one sandbox as one compact JSON text. One array for each sample, in a fixed order, with times as differences and
 * words as numbers into a list: about a third of the plain JSON, and a tenth of it when compressed afterwards.
 * CPU and stall values are rounded to four digits after the point; all else is exact.
 */

const version = 1;
/** Enough to compress well, few enough to be written in about a millisecond. */
export const samplesPerPack = 60;

const num = z.nullable(z.number());
const word = z.int().check(z.nonnegative());
const parts = {
  memory: z.tuple([z.number(), z.number(), num, num, num, num, num], z.unknown()),
  pair: z.tuple([z.number(), num], z.unknown()),
  cpu: z.tuple([z.number(), num, num], z.unknown()),
  fds: z.tuple([z.number(), num, num], z.unknown()),
  processes: z.array(
    z.tuple(
      [
        z.number(),
        num,
        word,
        z.number(),
        num,
        z.nullable(z.tuple([z.number(), word])),
        // Only where a heap is told; what earlier versions wrote has none.
        z.optional(z.tuple([z.number(), z.number()], z.unknown())),
      ],
      z.unknown(),
    ),
  ),
};
const orNone = <T extends z.ZodMiniType>(part: T) => z.union([part, z.literal(0)]);
const row = z.tuple(
  [
    z.int(),
    z.number(),
    word,
    z.nullable(word),
    orNone(parts.memory),
    orNone(parts.pair),
    orNone(parts.cpu),
    orNone(parts.pair),
    orNone(parts.pair),
    orNone(parts.pair),
    orNone(parts.fds),
    orNone(parts.processes),
  ],
  z.unknown(),
);
const packSchema = z.object({
  v: z.literal(version),
  id: z.string(),
  from: z.int(),
  words: z.array(z.string()),
  rows: z.array(z.unknown()),
});

type Row = z.infer<typeof row>;

const sources: readonly string[] = ['cgroup', 'machine', 'prometheus', 'metrics-api'] satisfies SampleSource[];
const isSource = (text: string | undefined): text is SampleSource => text !== undefined && sources.includes(text);

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1e4) / 1e4);

const heapMark = ({ unchecked, addresses }: HeapUse): readonly number[] => (unchecked ? [1] : addresses ? [2] : []);

/** A third number marks a heap that no collection has looked through (1), or addresses (2). */
const heapOf = (heap: HeapUse | undefined): [[number, number, ...unknown[]]] | [] =>
  heap === undefined ? [] : [[heap.usedBytes, heap.limitBytes, ...heapMark(heap)]];

/**
 * @param samples of one sandbox, not empty.
 * @param text redacts a text.
 */
export const packSamples = (samples: readonly Sample[], text: (raw: string) => string): string => {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  const wordNo = (raw: string): number => {
    const known = numbers.get(raw);
    if (known !== undefined) return known;
    numbers.set(raw, words.length);
    words.push(text(raw));
    return words.length - 1;
  };
  const fromMs = Math.round(samples[0]?.atMs ?? 0);
  let beforeMs = fromMs;
  const rows = samples.map((s): Row => {
    const atMs = Math.round(s.atMs);
    const sinceMs = atMs - beforeMs;
    beforeMs = atMs;
    const { memory: m, swap, cpu, disk, inodes, pids, fds, processes } = s;
    return [
      sinceMs,
      s.cadenceMs,
      wordNo(s.source),
      s.caveat === null ? null : wordNo(s.caveat),
      m === undefined
        ? 0
        : [
            m.usedBytes,
            m.workingSetBytes,
            m.limitBytes,
            m.anonBytes,
            m.oomKillCount,
            m.limitHitCount,
            rounded(m.stalledPercent),
          ],
      swap === undefined ? 0 : [swap.usedBytes, swap.limitBytes],
      cpu === undefined ? 0 : [rounded(cpu.usedCores) ?? 0, rounded(cpu.limitCores), rounded(cpu.throttledRatio)],
      disk === undefined ? 0 : [disk.usedBytes, disk.limitBytes],
      inodes === undefined ? 0 : [inodes.used, inodes.limit],
      pids === undefined ? 0 : [pids.used, pids.limit],
      fds === undefined ? 0 : [fds.used, fds.limit, fds.pid],
      processes === undefined
        ? 0
        : processes.map((p) => [
            p.pid,
            p.parentPid,
            wordNo(p.name),
            p.rssBytes,
            p.ageMs,
            p.heapLimit === null ? null : [p.heapLimit.limitBytes, wordNo(p.heapLimit.source)],
            ...heapOf(p.heap),
          ]),
    ];
  });
  return JSON.stringify({ v: version, id: samples[0]?.sandboxId ?? '', from: fromMs, words, rows });
};

const sampleOf = (sandboxId: string, atMs: number, values: Row, words: readonly string[]): Sample | null => {
  const [, cadenceMs, sourceNo, caveatNo, m, swap, cpu, disk, inodes, pids, fds, processes] = values;
  const source = words[sourceNo];
  if (!isSource(source)) return null;
  return {
    kind: 'sample',
    sandboxId,
    atMs,
    source,
    cadenceMs,
    caveat: caveatNo === null ? null : (words[caveatNo] ?? null),
    ...(m !== 0 && {
      memory: {
        usedBytes: m[0],
        workingSetBytes: m[1],
        limitBytes: m[2],
        anonBytes: m[3],
        oomKillCount: m[4],
        limitHitCount: m[5],
        stalledPercent: m[6],
      },
    }),
    ...(swap !== 0 && { swap: { usedBytes: swap[0], limitBytes: swap[1] } }),
    ...(cpu !== 0 && { cpu: { usedCores: cpu[0], limitCores: cpu[1], throttledRatio: cpu[2] } }),
    ...(disk !== 0 && { disk: { usedBytes: disk[0], limitBytes: disk[1] } }),
    ...(inodes !== 0 && { inodes: { used: inodes[0], limit: inodes[1] } }),
    ...(pids !== 0 && { pids: { used: pids[0], limit: pids[1] } }),
    ...(fds !== 0 && { fds: { used: fds[0], limit: fds[1], pid: fds[2] } }),
    ...(processes !== 0 && {
      processes: processes.map((p) => ({
        pid: p[0],
        parentPid: p[1],
        name: words[p[2]] ?? '',
        rssBytes: p[3],
        ageMs: p[4],
        heapLimit: p[5] === null ? null : { limitBytes: p[5][0], source: words[p[5][1]] ?? '' },
        ...(p[6] !== undefined && {
          heap: {
            usedBytes: p[6][0],
            limitBytes: p[6][1],
            ...(p[6][2] === 1 && { unchecked: true as const }),
            ...(p[6][2] === 2 && { addresses: true as const }),
          },
        }),
      })),
    }),
  };
};

/** Yields the samples of a pack in its order; those that make no sense are left out, and none of a text that is no pack. */
export function* eachSample(packed: string): Generator<Sample> {
  const pack = packSchema.safeParse(parseJson(packed));
  if (!pack.success) return;
  const { id, from, words, rows } = pack.data;
  let atMs = from;
  for (const raw of rows) {
    const values = row.safeParse(raw);
    // The times of what follows build on this one's, readable or not.
    const since = Array.isArray(raw) && typeof raw[0] === 'number' ? raw[0] : 0;
    atMs += since;
    const sample = values.success ? sampleOf(id, atMs, values.data, words) : null;
    if (sample !== null) yield sample;
  }
}

/** @returns the same at once. On the editor's thread they are better taken one by one. */
export const unpackSamples = (packed: string): readonly Sample[] => [...eachSample(packed)];

/** Groups samples into packs of a readable size, oldest first. */
export function* packsOf(samples: readonly Sample[], text: (raw: string) => string): Generator<PackedSamples> {
  for (let i = 0; i < samples.length; i += samplesPerPack) {
    const some = samples.slice(i, i + samplesPerPack);
    // Clocks are set back at times, so the first is not always the earliest.
    const times = some.map((each) => Math.round(each.atMs));
    yield { fromMs: Math.min(...times), toMs: Math.max(...times), data: packSamples(some, text) };
  }
}

/** A pack and the time it covers. */
export interface PackedSamples {
  readonly fromMs: number;
  readonly toMs: number;
  readonly data: string;
}
