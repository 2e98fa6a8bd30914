import type { FileReader } from '../../model/ports.ts';
import type { CgroupPlaces } from './cgroup-places.ts';
import type { Disk } from './disks.ts';
import { inotifyUse } from './open-files.ts';
import type { RecognisedPlace } from './recognise.ts';

const percent = (used: number, limit: number | null): string =>
  limit === null || limit <= 0 ? '' : ` (${Math.round((used / limit) * 100)} %)`;

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

/** What there is to know of this place beyond its samples, as text for people. */
export const describePlace = async (
  sandboxId: string,
  place: RecognisedPlace,
  groups: CgroupPlaces | null,
  disks: readonly Disk[],
  files: FileReader | null,
  signal: AbortSignal,
): Promise<string> => {
  const lines = [
    `${sandboxId}: ${place.title}`,
    ...(place.evidence.length === 0
      ? ['Nothing says that this is a container.']
      : place.evidence.map((sign) => `- ${sign}`)),
  ];
  const memory = groups?.memory ?? null;
  if (memory !== null) {
    lines.push('', `Control groups, version ${memory.version}, from the own one up:`);
    lines.push(...memory.levels.map((folder) => `- ${folder}`));
  }
  if (disks.length > 0) {
    lines.push('', 'Disks, each by one folder on it:');
    for (const { place: folder, usedBytes, limitBytes, inodes } of disks) {
      const files =
        inodes === null ? '' : `, ${inodes.used} of ${inodes.limit} inodes${percent(inodes.used, inodes.limit)}`;
      lines.push(
        `- ${folder}: ${gibibytes(usedBytes)} of ${gibibytes(limitBytes)}${percent(usedBytes, limitBytes)}${files}`,
      );
    }
  }
  if (files !== null) {
    const use = await inotifyUse(files, signal);
    const more = use.complete ? '' : ' at least';
    lines.push(
      '',
      `File watches:${more} ${use.watches}${of(use.watchesLimit)}, in${more} ${use.instances} instances${of(use.instancesLimit)} of this user.`,
    );
  }
  return lines.join('\n');
};

const of = (limit: number | null): string => (limit === null ? '' : ` of ${limit}`);
