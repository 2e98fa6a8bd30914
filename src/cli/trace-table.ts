import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** The table of a trace: `x.csv`, or the same packed as `x.csv.br` or `x.csv.gz`. */
const tableName = /\.csv(?:\.(gz|br))?$/i;
/** The endings of packed tables. */
export const packedEndings = ['.csv.br', '.csv.gz'] as const;
/** A packed table may not grow beyond this: a day at one row a second has some twenty megabytes. */
const bound = { maxOutputLength: 256 * 2 ** 20 };

/** Whether a file is called like the table of a trace. */
export const isTable = (file: string): boolean => tableName.test(file);

/** The path of a table without its ending; `.json` behind it is the description. */
export const withoutEnding = (file: string): string => file.replace(tableName, '');

/**
 * @param file its name tells whether and how the bytes are packed
 * @returns the text of a table
 * @throws Error when packed bytes are none, or too many.
 */
export function tableText(file: string, bytes: Uint8Array): string {
  const packing = tableName.exec(file)?.[1]?.toLowerCase();
  const plain =
    packing === 'gz'
      ? gunzipSync(bytes, bound)
      : packing === 'br'
        ? brotliDecompressSync(bytes, bound)
        : Buffer.from(bytes);
  return plain.toString('utf8');
}
