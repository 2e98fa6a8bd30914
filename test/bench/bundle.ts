import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Few, few } from './measure.ts';

const dist = resolve(import.meta.dirname, '..', '..', 'dist');
const bundleFile = join(dist, 'extension.js');
const loads = 11;

/** The built extension. */
export interface BundleBench {
  /** dist/extension.js, minified. */
  readonly bundleBytes: number;
  readonly bundleGzipBytes: number;
  /** dist/sandbox-foresight.vsix, which is compressed. */
  readonly vsixBytes: number;
  /** `require` of the bundle in a fresh Node.js process, `vscode` replaced by an object that has everything and does nothing; milliseconds. */
  readonly loadMs: Few;
}

/** Runs as a program of its own: argv[1] is the bundle. */
const loadProgram = `
const Module = require('node:module');
const nothing = () => new Proxy(class {}, { get: (target, name) => (name === 'prototype' ? target.prototype : nothing()) });
const load = Module._load;
Module._load = function (name, ...rest) { return name === 'vscode' ? nothing() : load.call(this, name, ...rest); };
const before = performance.now();
const { activate } = require(process.argv[1]);
const loadMs = performance.now() - before;
if (typeof activate !== 'function') throw new Error('the bundle has no activate()');
process.stdout.write(String(loadMs));
`;

async function loadOnce(): Promise<number> {
  const args = ['-e', loadProgram, bundleFile];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
  return Number(stdout);
}

/** Measures what `npm run package` made. @throws when it made nothing */
export async function benchBundle(): Promise<BundleBench> {
  const bundle = readFileSync(bundleFile);
  await loadOnce(); // for the disk cache
  const values: number[] = [];
  for (let i = 0; i < loads; i++) values.push(await loadOnce());
  return {
    bundleBytes: bundle.length,
    bundleGzipBytes: gzipSync(bundle).length,
    vsixBytes: statSync(join(dist, 'sandbox-foresight.vsix')).size,
    loadMs: few(values),
  };
}
