import { successText } from '../../app/error-fixes/rank.ts';
import { plainName } from '../../app/format.ts';
import type { RecognisedError, Recurrence } from '../../model/error-event.ts';
import type { RankedFix } from '../../model/fix.ts';
import { formatMoment, formatWhen } from './format.ts';

const ordinal = (count: number): string => {
  const lastTwo = count % 100;
  const ending = lastTwo >= 11 && lastTwo <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
};

/** @returns a command line for a sentence: on one line, cut. */
export const shortLine = (command: string): string => plainName(command, 60);

/** "3rd time today (2 in this workspace), in 2 sandboxes; first after `npm ci`", or null for one that came once. */
export function recurrenceText(recurrence: Recurrence | undefined): string | null {
  if (recurrence === undefined) return null;
  const { count, today, sandboxes, firstSeenAtMs, firstAfter, here = 0 } = recurrence;
  const after = firstAfter === null ? '' : `${count > 1 ? '; first' : 'first'} after \`${plainName(firstAfter, 60)}\``;
  if (count < 2) return after === '' ? null : after;
  const when =
    today >= count
      ? `${ordinal(count)} time today`
      : today > 1
        ? `${ordinal(today)} time today, ${ordinal(count)} since ${formatMoment(firstSeenAtMs)}`
        : `${ordinal(count)} time since ${formatMoment(firstSeenAtMs)}`;
  const ours = here > 0 && here < count ? ` (${here} in this workspace)` : '';
  return `${when}${ours}${sandboxes > 1 ? `, in ${sandboxes} sandboxes` : ''}${after}`;
}

/** What stands beside an error in the tree: how it stands, how often it came, when last. */
export function errorDescription(error: RecognisedError, nowMs: number): string {
  const clock = (atMs: number): string => formatWhen(atMs, nowMs).replace(/:\d\d$/, '');
  const solved = error.solvedAtMs === undefined ? '' : `solved ${clock(error.solvedAtMs)}`;
  const often = (error.recurrence?.count ?? 0) > 1 ? recurrenceText(error.recurrence) : null;
  const recurred = often ?? (error.count > 1 ? `${error.count} times` : '');
  const last = `${recurred === '' ? '' : 'last '}${clock(error.lastSeenAtMs)}`;
  return [solved, recurred, last].filter((part) => part !== '').join(' · ');
}

/** Everything about an error in a few lines of plain text. */
export function errorTooltip(error: RecognisedError): string {
  const from = `From: ${error.source}${error.exitCode === null ? '' : `, exit code ${error.exitCode}`}`;
  const [place] = error.places ?? [];
  return [
    error.title,
    error.line === undefined || error.line === error.title ? '' : error.line,
    error.cause ?? '',
    place === undefined ? '' : `At: ${plainName(place.path, 120)}:${place.line}`,
    recurrenceText(error.recurrence) ?? '',
    from,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const kinds: Record<RankedFix['does'], string> = {
  command: 'terminal',
  action: 'play',
  editor: 'edit',
  link: 'link-external',
  words: 'info',
};

/** One fix as a row of a list: what it is, how it went here before, and what it does. */
export function fixRow(fix: RankedFix): {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
} {
  const risk = fix.risk === 'destructive' ? 'something is lost by it' : '';
  return {
    label: `$(${kinds[fix.does]}) ${plainName(fix.title, 80)}`,
    description: [successText(fix) ?? '', risk].filter((part) => part !== '').join(' · '),
    detail: plainName(fix.text, 200),
  };
}

/** @returns `command` fit to be put into a terminal without being sent, or null for one that would send itself. */
export const typeable = (command: string): string | null => (/[\p{Cc}\u2028\u2029]/u.test(command) ? null : command);

const fileNames =
  /(?:~\/)?[\w./-]{0,40}(?:package\.json|devcontainer\.json|mcp\.json|settings\.xml|pom\.xml|requirements\.txt|Cargo\.toml|pip\.conf|Dockerfile|\.dockerignore|\.gitattributes|\.gitignore|\.npmrc|\.gitconfig|\.env|\.pre-commit-config\.yaml)(?![\w/])/g;

/** The files that words of the catalogue name, those in the home folder left out. */
export const filesNamed = (words: string): readonly string[] => [
  ...new Set([...words.matchAll(fileNames)].map(([name]) => name).filter((name) => !name.startsWith('~'))),
];

/** The word a fix wants to be shown in a file: `"scripts" in package.json`, `FROM in the Dockerfile`. */
export const wordNamed = (words: string): string | null => /^("[\w-]+"|[A-Z][A-Z_]+) in /.exec(words)?.[1] ?? null;

/** A command of the editor that is what the words mean, or null. */
export function editorCommand(words: string): { readonly command: string; readonly argument?: string } | null {
  if (words === 'File: Open Folder') return { command: 'workbench.action.files.openFolder' };
  if (words === 'the ports view') return { command: '~remote.forwardedPorts.focus' };
  if (words === 'the merge editor' || words.startsWith('the changes of')) return { command: 'workbench.view.scm' };
  if (words.startsWith('the extensions view')) return { command: 'workbench.view.extensions' };
  if (words.startsWith('Python: Select Interpreter')) return { command: 'python.setInterpreter' };
  if (words.startsWith('Change End of Line')) return { command: 'workbench.action.editor.changeEOL' };
  if (words.startsWith('files.watcherExclude')) {
    return { command: 'workbench.action.openSettings', argument: 'files.watcherExclude' };
  }
  return null;
}
