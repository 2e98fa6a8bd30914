import type { RankedFix } from '../../src/model/fix.ts';

/** A fix of a recognised error that runs one harmless command in the sandbox and was never tried. */
export const aRankedFix = (part: Partial<RankedFix> = {}): RankedFix => ({
  kind: 'pattern',
  pattern: 'p',
  fixId: 'pattern/p/a',
  fingerprint: 'f',
  title: 'Do it',
  risk: 'safe',
  does: 'command',
  action: null,
  argv: ['true'],
  text: 'true',
  cwd: null,
  repeats: false,
  check: null,
  checkArgv: null,
  again: null,
  parameters: {},
  place: null,
  where: 'sandbox',
  worked: 0,
  didNotWork: 0,
  ...part,
});
