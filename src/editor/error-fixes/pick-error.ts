import * as vscode from 'vscode';
import type { RecognisedError } from '../../model/error-event.ts';
import type { AppView, SandboxView } from '../../model/view.ts';
import { tell } from '../messages.ts';
import { sandboxOf } from '../pick-sandbox.ts';
import { errorDescription } from '../text/error-text.ts';

/** An error and the sandbox it happened in. */
export interface MeantError {
  readonly view: SandboxView;
  readonly error: RecognisedError;
}

const textOf = (argument: unknown, field: 'fingerprint' | 'id'): string | null => {
  if (typeof argument !== 'object' || argument === null || !(field in argument)) return null;
  const value = (argument as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : null;
};

/** The error a tree row, a link or a light bulb stands for, or null. */
export function errorOf(argument: unknown, app: AppView): MeantError | null {
  const view = sandboxOf(argument, app);
  if (view === null) return null;
  const id = textOf(argument, 'id');
  const marker = `${view.sandbox.id}/error/`;
  const fingerprint =
    textOf(argument, 'fingerprint') ?? (id?.startsWith(marker) === true ? id.slice(marker.length) : null);
  const error = view.errors.find((each) => each.fingerprint === fingerprint);
  return error === undefined ? null : { view, error };
}

/** The newest error that stands, of the current sandbox first; a solved one only where no other is left. */
export function lastError(app: AppView): MeantError | null {
  const all = app.sandboxes.flatMap((view) => view.errors.map((error): MeantError => ({ view, error })));
  const rank = ({ view, error }: MeantError): number =>
    (error.solvedAtMs === undefined ? 0 : 2) + (view.sandbox.id === app.currentId ? 0 : 1);
  return all.toSorted((a, b) => rank(a) - rank(b) || b.error.lastSeenAtMs - a.error.lastSeenAtMs)[0] ?? null;
}

/** Asks which error is meant. @returns null when there is none, or the question was closed. */
export async function askForError(app: AppView): Promise<MeantError | null> {
  const all = app.sandboxes.flatMap((view) => view.errors.map((error): MeantError => ({ view, error })));
  if (all.length === 0) {
    tell('No error was seen yet.');
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    all.map((meant) => ({
      label: meant.error.title,
      description: errorDescription(meant.error, meant.view.atMs),
      detail: meant.view.sandbox.name,
      meant,
    })),
    { title: 'Which error?', matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.meant ?? null;
}
