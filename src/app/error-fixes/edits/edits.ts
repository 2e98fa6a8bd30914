import type { ErrorFix, PatternFixId } from '../../../model/fix.ts';
import type { EditWay } from './edit.ts';
import { heapEdits } from './heap-edits.ts';
import { projectEdits } from './project-edits.ts';

const table = new Map([...Object.entries(heapEdits), ...Object.entries(projectEdits)]);

/** @returns the names `<pattern>/<fix>` for which there are edits. */
export const editNames = (): readonly string[] => [...table.keys()];

/** @returns the ways to do in a file of the project what a fix says, best first; none for a fix that is done otherwise. */
export const editsOf = ({ fixId, does }: Pick<ErrorFix, 'fixId' | 'does'>): readonly EditWay[] =>
  does === 'editor' ? (table.get(nameOf(fixId)) ?? []) : [];

/** Of these nothing is left when there is no such project: no place to open, no words that would help. */
const nothingElse: ReadonlySet<string> = new Set([
  'jvm-heap-oom/keep-gradle-heap',
  'build-daemon-killed/keep-gradle-heap',
  'test-worker-killed/keep-fewer-workers',
  'compiler-oom-killed/keep-one-job',
  'docker-disk-full/keep-context-small',
  'native-arch-mismatch/keep-modules-out-of-image',
  'native-build-failed/keep-prefer-binary',
  'sandbox-port-closed/keep-all-addresses',
  'locale-encoding/keep-utf8',
]);

/** @returns whether a fix is its edit and nothing else: where the edit does not fit, it is not offered. */
export const isOnlyEdit = ({ fixId }: Pick<ErrorFix, 'fixId'>): boolean => nothingElse.has(nameOf(fixId));

const nameOf = (fixId: PatternFixId): string => fixId.slice('pattern/'.length);
