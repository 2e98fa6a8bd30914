import { statfsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { sqliteFailure } from './failure.ts';

/**
 * File systems of Linux that another computer, or the other side of a virtual machine, may write at the same time: `f_type` of statfs(2),
 * https://man7.org/linux/man-pages/man2/statfs.2.html
 */
const sharedTypes = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x01021997, // 9p
  0x65735546, // FUSE: sshfs, virtiofs and others
  0x00c36400, // Ceph
  0x5346414f, // AFS
  0x6b414653, // AFS of the kernel
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
  0x01161970, // GFS 2
  0x7461636f, // OCFS 2
  0x786f4256, // shared folders of VirtualBox
]);

/** Whether other computers may write in this folder. Not known elsewhere than on Linux, but for network paths of Windows. */
const isShared = (folder: string): boolean => {
  if (folder.startsWith('\\\\')) return true;
  if (process.platform !== 'linux') return false;
  try {
    return sharedTypes.has(statfsSync(folder).type >>> 0);
  } catch {
    // Whatever is wrong with the folder is met, and told, when the file in it is opened.
    return false;
  }
};

/**
 * Chooses how the file is kept whole. With a log (WAL) nobody waits for anybody, but all who use it have to be on one computer, for they share
 * memory (https://www.sqlite.org/wal.html); where that is not certain, the old journal is used, which is slower.
 * @throws EngineError
 */
export const chooseJournal = (db: DatabaseSync, folder: string): void => {
  const set = (mode: string): unknown => db.prepare(`PRAGMA journal_mode${mode}`).get()?.['journal_mode'];
  let mode: unknown;
  try {
    // On file systems without shared memory SQLite keeps its old journal, whatever is asked; all else is the same.
    mode = set(isShared(folder) ? ' = DELETE' : ' = WAL');
  } catch (error) {
    // Another window of an earlier version has it open with a log: as long as it does, this one has to go by it.
    if (!isShared(folder) || sqliteFailure(error).trouble !== 'locked') throw error;
    mode = set('');
  }
  db.exec(`PRAGMA synchronous = ${mode === 'wal' ? 'NORMAL' : 'FULL'}`);
};
