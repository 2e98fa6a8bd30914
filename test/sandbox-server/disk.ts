import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namePrefix } from '../../src/cli/recording/cgroup-place.ts';
import { mountDisk, removeStaleFolders, type SmallDisk } from '../../src/cli/recording/disk.ts';
import { BusinessError } from './http.ts';
import { parseMemoryQuantity } from './limits.ts';

/**
 * A disk of a sandbox's own, made as the recorder makes one and in a folder named as its folders are: what a server that was killed leaves
 * mounted is removed by the next one, or by the next recording.
 * @param size a quantity such as `120Mi`; without one there is no disk.
 * @throws BusinessError when none can be mounted.
 */
export async function mountSandboxDisk(size: string | undefined): Promise<SmallDisk | null> {
  const bytes = parseMemoryQuantity(size);
  if (bytes === null) return null;
  const base = mkdtempSync(join(tmpdir(), `${namePrefix}-${process.pid}-`));
  let disk: SmallDisk;
  try {
    disk = mountDisk(base, bytes);
  } catch {
    // Whatever the system said: this user has none.
    rmSync(base, { recursive: true, force: true });
    const message = 'A disk of its own cannot be mounted by this user.';
    throw new BusinessError(400, 'SANDBOX::INVALID_PARAMETER', message);
  }
  await removeStaleFolders(tmpdir());
  return disk;
}
