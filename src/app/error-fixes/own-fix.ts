import type { ErrorFix, RememberedFix } from '../../model/fix.ts';
import { argvIn } from '../../monitor/error-fixes.ts';
import { plainName } from '../format.ts';

const digits = (fingerprint: string): string => fingerprint.replace(/[^\w-]/g, '-').slice(-80);

/**
 * The fix a person gave to an error, as one that can be run. Its command line is the person's own and runs as it was typed; nothing of an
 * error is put into it.
 * @param like another fix of the same error, for the folder and the failed command; null when there is none
 */
export const ownFix = (remembered: RememberedFix, like: ErrorFix | null): ErrorFix => {
  const { fingerprint, does, text } = remembered;
  const cwd = like?.cwd ?? null;
  return {
    kind: 'pattern',
    pattern: like?.pattern ?? null,
    fixId: `pattern/own/${digits(fingerprint)}`,
    fingerprint,
    title: does === 'link' ? 'Open what you noted' : `Run what helped: ${plainName(text, 40)}`,
    risk: does === 'link' ? 'safe' : 'confirm',
    does,
    action: null,
    argv: does === 'link' ? null : argvIn(['sh', '-c', text], cwd),
    text,
    cwd,
    repeats: false,
    check: does === 'link' ? null : 'the failed command ends well',
    checkArgv: null,
    again: like?.again ?? null,
    parameters: {},
    place: null,
  };
};
