import type { Sample } from './sample.ts';
import type { SandboxView } from './view.ts';

/** A reading, and whether it is of the place the editor itself works in. */
export type Measured = Pick<SandboxView, 'sample' | 'isHere'>;

/**
 * @returns the reading, if its memory and processors are those of the sandbox itself; else null. Numbers of a machine are those of a sandbox
 * only where that is the machine: the place the editor itself works in.
 */
export const ownSample = ({ sample, isHere }: Measured): Sample | null =>
  sample?.source === 'machine' && !isHere ? null : sample;

/**
 * @returns the memory the sandbox itself may use, bytes; null where that is not known. The memory of the computer it runs on is not its own
 * (execd tells of 24 GiB in a sandbox of 256 MiB), and nothing may be sized by it.
 */
export const ownLimit = (view: Measured): number | null => ownSample(view)?.memory?.limitBytes ?? null;

/** @returns the processors the sandbox itself may use; null where that is not known. */
export const ownCores = (view: Measured): number | null => ownSample(view)?.cpu?.limitCores ?? null;
