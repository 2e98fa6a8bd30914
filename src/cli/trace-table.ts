import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** The table of a trace: `x.csv`, or the same packed as `x.csv.br` or `x.csv.gz`. */
const tableName = /\.csv(?:\.(?:gz|br))?$/i;
/** What is said of it: `x.json`, or the same packed. */
const descriptionName = /\.json(?:\.(?:gz|br))?$/i;
const traceName = /\.(?:csv|json)(?:\.(?:gz|br))?$/i;
const packing = /\.(gz|br)$/i;
/** As it is, and packed: in this order they are looked for. */
const endings = ['', '.br', '.gz'] as const;
/** A packed file may not grow beyond this: a day at one row a second has some twenty megabytes. */
const bound = { maxOutputLength: 256 * 2 ** 20 };

/** Whether a file is called like the table of a trace. */
export const isTable = (file: string): boolean => tableName.test(file);

/** Whether a file is called like the description of a trace. */
export const isDescription = (file: string): boolean => descriptionName.test(file);

/** The path of a table or a description without its ending. */
export const withoutEnding = (file: string): string => file.replace(traceName, '');

/** The names that the table of `base` may have. */
export const tablesOf = (base: string): readonly string[] => endings.map((ending) => `${base}.csv${ending}`);

/** The names that its description may have. */
export const descriptionsOf = (base: string): readonly string[] => endings.map((ending) => `${base}.json${ending}`);

/**
 * @param file its name tells whether and how the bytes are packed
 * @returns the text of a table or a description
 * @throws Error when packed bytes are none, or too many.
 */
export function unpacked(file: string, bytes: Uint8Array): string {
  const how = packing.exec(file)?.[1]?.toLowerCase();
  const plain =
    how === 'gz' ? gunzipSync(bytes, bound) : how === 'br' ? brotliDecompressSync(bytes, bound) : Buffer.from(bytes);
  return plain.toString('utf8');
}
