import * as z from 'zod/mini';
import type { Incident } from '../model/incident.ts';
import type { Sample } from '../model/sample.ts';
import { createRedactor } from './redactor.ts';
import { packSamples, unpackSamples } from './sample-pack.ts';
import { storedIncident } from './stored.ts';

/*
 * What survives when the machine does not: where the extension runs inside the sandbox, the editor keeps this small text on the
 * person's side. It holds the newest incidents, each with a few of its samples.
 */

/** The editor's own store is meant for small things. */
export const maximumDigestBytes = 256 * 1024;

const version = 1;
/** Samples of one incident, from the most to the least; the first number with which an incident fits is taken. */
const sampleCounts = [60, 20, 0] as const;

const digestSchema = z.object({ v: z.literal(version), incidents: z.array(z.unknown()) });
const packed = z.looseObject({ pack: z.nullable(z.string()) });

/** A JSON value to be stored; what is in it is known to {@link readDigest} only. */
export interface IncidentDigest {
  readonly v: number;
  readonly incidents: readonly unknown[];
}

/** @returns at most `count` samples, evenly spread, always with the last one: that is nearest to the end. */
const someOf = (samples: readonly Sample[], count: number): readonly Sample[] => {
  if (samples.length <= count) return samples;
  const step = samples.length / count;
  return Array.from({ length: count }, (_, i) => samples[Math.ceil((i + 1) * step) - 1]).filter(
    (each) => each !== undefined,
  );
};

const encoder = new TextEncoder();

/**
 * @param incidents in any order; the newest are kept.
 * @param redact takes secrets out of a text; texts that come from the store are redacted already, and stay as they are.
 * @returns a value whose JSON is at most `maximumBytes` long in UTF-8.
 */
export const digestOf = (
  incidents: readonly Incident[],
  redact: (text: string) => string,
  maximumBytes: number = maximumDigestBytes,
): IncidentDigest => {
  const redactor = createRedactor(redact);
  const kept: unknown[] = [];
  let bytes = JSON.stringify({ v: version, incidents: [] }).length;
  for (const incident of incidents.toSorted((a, b) => b.atMs - a.atMs)) {
    const { samples, ...rest } = incident;
    const head = redactor.value(rest);
    if (typeof head !== 'object') continue;
    const fitting = sampleCounts
      .map((count) => {
        const some = someOf(samples, count);
        return { ...head, pack: some.length === 0 ? null : packSamples(some, redactor.text) };
      })
      .map((value) => JSON.stringify(value))
      .map((text) => ({ text, size: encoder.encode(text).length + 1 }))
      .find(({ size }) => bytes + size <= maximumBytes);
    // An older one may be smaller, but a digest with gaps would tell that nothing happened in between.
    if (fitting === undefined) break;
    // As it will be read again: JSON has no Infinity.
    kept.push(JSON.parse(fitting.text));
    bytes += fitting.size;
  }
  return { v: version, incidents: kept };
};

/** @returns the incidents of a digest, newest first; what is not understood is left out. */
export const readDigest = (digest: unknown): readonly Incident[] => {
  const parsed = digestSchema.safeParse(digest);
  if (!parsed.success) return [];
  return parsed.data.incidents
    .flatMap((each): readonly Incident[] => {
      const head = storedIncident.safeParse(each);
      if (!head.success) return [];
      const pack = packed.safeParse(each);
      const text = pack.success ? pack.data.pack : null;
      return [{ ...head.data, samples: text === null ? [] : unpackSamples(text) }];
    })
    .toSorted((a, b) => b.atMs - a.atMs);
};

/** @returns the incidents of the digest that the store does not have: it is new, and the machine with the old one is gone. */
export const missingFrom = (kept: readonly Incident[], digest: readonly Incident[]): readonly Incident[] => {
  const known = new Set(kept.map((each) => each.id));
  return digest.filter((each) => !known.has(each.id));
};
