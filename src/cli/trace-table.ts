import { gunzipSync } from 'node:zlib';

/** The table of a trace: `x.csv`, or the same packed as `x.csv.gz`. */
const tableName = /\.csv(?:\.gz)?$/i;
const packedName = /\.gz$/i;
/** A packed table may not grow beyond this: a day at one row a second has some twenty megabytes. */
const mostBytes = 256 * 2 ** 20;

/** Whether a file is called like the table of a trace. */
export const isTable = (file: string): boolean => tableName.test(file);

/** The path of a table without its ending; `.json` behind it is the description. */
export const withoutEnding = (file: string): string => file.replace(tableName, '');

/**
 * @param file its name tells whether the bytes are packed
 * @returns the text of a table
 * @throws Error when packed bytes are none, or too many.
 */
export const tableText = (file: string, bytes: Uint8Array): string =>
  (packedName.test(file) ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : Buffer.from(bytes)).toString('utf8');
