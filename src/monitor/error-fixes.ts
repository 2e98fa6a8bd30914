import type { ErrorPattern } from '../diagnosis/catalogue/pattern.ts';
import type { Parameters } from '../diagnosis/parameters.ts';
import { planFix } from '../diagnosis/plan-fix.ts';
import type { SourcePlace } from '../model/error-event.ts';
import type { ErrorFix, PatternFixId } from '../model/fix.ts';

/** What is kept of the newest occurrence of an error, so that its fixes can be offered. In memory only, never stored. */
export interface ErrorClue {
  readonly fingerprint: string;
  readonly record: ErrorPattern | null;
  readonly parameters: Parameters;
  /** As the person typed it, or null. */
  readonly commandLine: string | null;
  readonly cwd: string | null;
  readonly place: SourcePlace | null;
}

/** Runs the rest of its arguments in the folder that is the first; never somewhere else. */
const inFolder = 'cd -- "$1" || exit 125; shift; exec "$@"';

/** @returns `argv`, run in `cwd`, which is handed over as an argument. */
export const argvIn = (argv: readonly string[], cwd: string | null): readonly string[] =>
  cwd === null || cwd === '' ? argv : ['sh', '-c', inFolder, 'foresight', cwd, ...argv];

const named = (slug: string | null, fix: string): PatternFixId => `pattern/${slug ?? 'unknown'}/${fix}`;

/**
 * The fixes of a recognised error in the catalogue's order, with the values of its newest occurrence put in. What needs a value that is
 * not known is left out. The last ones are always there: run it again, and where to read about it.
 */
export const errorFixes = (clue: ErrorClue): readonly ErrorFix[] => {
  const { fingerprint, record, parameters, cwd, place } = clue;
  const commandLine = clue.commandLine?.trim() === '' ? null : clue.commandLine;
  const pattern = record?.slug ?? null;
  const again = commandLine === null ? null : { argv: argvIn(['sh', '-c', commandLine], cwd), text: commandLine };
  const common = { kind: 'pattern', pattern, fingerprint, parameters, place, cwd, again } as const;
  const fixes: ErrorFix[] = [];
  let runsAgain = false;
  for (const one of record?.fixes ?? []) {
    const planned = planFix(one, parameters, commandLine);
    const { title, risk, action, text, check, checkArgv } = planned;
    const does =
      action !== null ? 'action' : one.kind === 'shell' ? 'command' : one.kind === 'editor' ? 'editor' : 'words';
    if (does === 'command' && planned.argv === null) continue;
    runsAgain ||= one.how === '{command}';
    fixes.push({
      ...common,
      fixId: named(pattern, planned.id),
      title,
      risk,
      does,
      action,
      argv: does === 'command' && planned.argv !== null ? argvIn(planned.argv, cwd) : null,
      text,
      repeats: does === 'command' && planned.repeats,
      check,
      checkArgv: checkArgv === null ? null : argvIn(checkArgv, cwd),
    });
  }
  const plain = { ...common, action: null, argv: null, repeats: false, check: null, checkArgv: null } as const;
  if (place !== null && !fixes.some(({ does }) => does === 'editor')) {
    const text = `${place.path}:${place.line}`;
    fixes.push({
      ...plain,
      fixId: named(pattern, 'open-place'),
      title: 'Open the place',
      risk: 'safe',
      does: 'editor',
      text,
    });
  }
  if (again !== null && !runsAgain) {
    fixes.push({
      ...plain,
      fixId: named(pattern, 'run-again'),
      title: 'Run it again',
      risk: 'confirm',
      does: 'command',
      argv: again.argv,
      text: again.text,
      repeats: true,
      check: 'exit code 0',
    });
  }
  const text = record?.documentation;
  if (text?.startsWith('https://') === true) {
    fixes.push({
      ...plain,
      fixId: named(pattern, 'read-about'),
      title: 'Read about it',
      risk: 'safe',
      does: 'link',
      text,
    });
  }
  return fixes;
};
