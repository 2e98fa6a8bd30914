import { editsOf } from '../../app/error-fixes/edits/edits.ts';
import { successText } from '../../app/error-fixes/rank.ts';
import { plainName } from '../../app/format.ts';
import type { ActionButton } from '../../model/dashboard/parts.ts';
import type { SandboxPage } from '../../model/dashboard/sandbox-page.ts';
import type { RecognisedError } from '../../model/error-event.ts';
import type { FixId, PatternFixId, RankedFix } from '../../model/fix.ts';
import { fixRisks } from '../../model/fix-risk.ts';
import { fixTitles } from '../../model/fix-title.ts';
import type { SandboxView } from '../../model/view.ts';
import { askWords } from '../text/words.ts';

/** What a button of a page stands for. The page knows its id only. */
export type PageAction =
  /** A fix of an error of this sandbox, or the list of all of them. */
  | {
      readonly kind: 'error-fix';
      readonly sandboxId: string;
      readonly fingerprint: string;
      readonly fixId: PatternFixId | null;
    }
  /** An action of the extension on this very sandbox. */
  | { readonly kind: 'fix'; readonly sandboxId: string; readonly fixId: FixId }
  /** An edit in the files of the workspace. */
  | { readonly kind: 'edit'; readonly fix: RankedFix; readonly limitBytes: number | null }
  /** A setting of the extension, to be looked at. */
  | { readonly kind: 'setting'; readonly key: string };

/** A button with what it stands for. */
export interface Offered {
  readonly button: ActionButton;
  readonly action: PageAction;
}

const shownEach = 2;
const mostDetail = 200;

const howText = (fix: RankedFix): string => {
  switch (fix.does) {
    case 'command':
      return fix.where === 'terminal'
        ? 'put into a terminal, not sent'
        : askWords[fix.risk === 'safe' ? 'confirm' : fix.risk];
    case 'editor':
      return editsOf(fix).length > 0 ? 'shows the edit first' : '';
    case 'action':
      return askWords[fix.risk];
    case 'link':
    case 'words':
      return '';
  }
};

const noteOf = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join(' · ');

const buttonOf = (id: string, fix: RankedFix): ActionButton => ({
  id,
  title: fix.title,
  detail: plainName(fix.text, mostDetail),
  note: noteOf(howText(fix), successText(fix)),
  risk: fix.risk,
});

/** @returns a fix of an error of a sandbox that is there as a button. */
export const errorFixOffer = (sandboxId: string, fix: RankedFix): Offered => ({
  button: buttonOf(`error ${fix.fingerprint} ${fix.fixId}`, fix),
  action: { kind: 'error-fix', sandboxId, fingerprint: fix.fingerprint, fixId: fix.fixId },
});

/** @returns an edit in the workspace as a button. */
export const editOffer = (fix: RankedFix, limitBytes: number | null): Offered => ({
  button: buttonOf(`edit ${fix.fixId}`, fix),
  action: { kind: 'edit', fix, limitBytes },
});

/** @returns an action on a sandbox as a button; null when it can not be done now. */
export const fixOffer = ({ sandbox, actions }: SandboxView, fixId: FixId): Offered | null => {
  if (!actions.includes(fixId)) return null;
  const risk = fixRisks[fixId];
  return {
    button: {
      id: `fix ${fixId}`,
      title: fixTitles[fixId],
      detail: `For ${sandbox.name}, which is still there.`,
      note: askWords[risk],
      risk,
    },
    action: { kind: 'fix', sandboxId: sandbox.id, fixId },
  };
};

/** @returns a setting as a button. */
export const settingOffer = (key: string): Offered => ({
  button: { id: `setting ${key}`, title: 'Open the setting', detail: key, note: '', risk: 'safe' },
  action: { kind: 'setting', key },
});

/** Whether it does something, here and now. */
const isDoable = (fix: RankedFix, { sandbox, actions }: SandboxView): boolean => {
  if (fix.does === 'link' || fix.does === 'words') return false;
  if (fix.does === 'action') return fix.action !== null && actions.includes(fix.action);
  return fix.does === 'editor' || sandbox.phase === 'running';
};

/** What the page shows of the fixes of one error. */
export interface ErrorActions {
  readonly offered: readonly Offered[];
  readonly more: Offered | null;
}

const nothing: ErrorActions = { offered: [], more: null };

/** @returns the best fixes of an error as buttons, with one more that lists all; none for a solved one. Pure. */
export function errorActions(
  view: SandboxView,
  error: RecognisedError,
  fixes: readonly RankedFix[] | undefined,
): ErrorActions {
  if (fixes === undefined || fixes.length === 0 || error.solvedAtMs !== undefined) return nothing;
  const sandboxId = view.sandbox.id;
  const { fingerprint } = error;
  const offered = fixes
    .filter((fix) => isDoable(fix, view))
    .slice(0, shownEach)
    .map((fix) => errorFixOffer(sandboxId, fix));
  const more: Offered = {
    button: { id: `more ${fingerprint}`, title: 'More…', detail: 'All that helps, best first', note: '', risk: 'safe' },
    action: { kind: 'error-fix', sandboxId, fingerprint, fixId: null },
  };
  return { offered, more: fixes.length > offered.length ? more : null };
}

/** The part of the page of a sandbox that shows its errors. */
export const shownErrors = (
  view: SandboxView,
  fixesOf: ReadonlyMap<string, readonly RankedFix[]>,
): SandboxPage['errors'] =>
  view.errors.map((error) => {
    const { offered, more } = errorActions(view, error, fixesOf.get(error.fingerprint));
    return {
      fingerprint: error.fingerprint,
      title: error.title,
      cause: error.cause,
      count: error.count,
      lastSeenAtMs: error.lastSeenAtMs,
      solvedAtMs: error.solvedAtMs ?? null,
      actions: offered.map(({ button }) => button),
      moreId: more?.button.id ?? null,
    };
  });
