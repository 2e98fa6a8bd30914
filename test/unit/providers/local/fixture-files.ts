import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileReader, Log, ProcessOwners } from '../../../../src/model/ports.ts';
import { LinuxReader } from '../../../../src/providers/local/linux-reader.ts';
import { createNodeFiles } from '../../../../src/providers/local/node-files.ts';
import { fixtureTree } from '../../../helpers/probe.ts';

/** A copy of a fixture tree (test/fixtures/cgroup) as the kernel files of a computer, to be changed while it is read. */
export interface FixtureFiles extends Disposable {
  readonly files: FileReader;
  /** Real path of a kernel file. */
  at(path: string): string;
  write(path: string, text: string): void;
  read(path: string): string;
  remove(path: string): void;
}

export const fixtureFiles = (name: string): FixtureFiles => {
  const tree = fixtureTree(name);
  const node = createNodeFiles();
  const at = (path: string): string => {
    if (path.startsWith('/proc')) return join(tree.proc, path.slice('/proc'.length));
    if (path.startsWith('/sys/fs/cgroup')) return join(tree.cgroup, path.slice('/sys/fs/cgroup'.length));
    // Nothing else of the computer the tests run on may be seen.
    return join(tree.proc, 'nowhere', path);
  };
  return {
    files: {
      text: (path, most) => node.text(at(path), most),
      bytes: (path, most) => node.bytes(at(path), most),
      names: (path) => node.names(at(path)),
      link: (path) => node.link(at(path)),
    },
    at,
    write: (path, text) => writeFileSync(at(path), text),
    read: (path) => readFileSync(at(path), 'utf8'),
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    [Symbol.dispose]: () => tree[Symbol.dispose](),
  };
};

/** A log that keeps its lines. */
export const keptLog = (): Log & { readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text);
  return { debug: write, info: write, warn: write, error: write, lines };
};

export const nobodysProcesses: ProcessOwners = { ownerOf: () => null };

/** A reader over `files` that looks at everything in every reading. */
export const readerOf = (
  files: FileReader,
  log: Log = keptLog(),
  owners: ProcessOwners = nobodysProcesses,
): LinuxReader =>
  new LinuxReader({ files, owners, log, pageBytes: 4096, scanEverySeconds: 5, editorPids: [], countsOpenFiles: true });

/** A computer with just these files and folders. */
export const filesOf = (files: Readonly<Record<string, string>>, folders: readonly string[] = []) => ({
  text: (path: string, most = 65_536) => Promise.resolve(files[path]?.slice(0, most) ?? null),
  bytes: (path: string, most: number) =>
    Promise.resolve(files[path] === undefined ? null : new TextEncoder().encode(files[path]).subarray(0, most)),
  names: (path: string) => Promise.resolve(folders.includes(path) ? [] : null),
  link: () => Promise.resolve(null),
});
