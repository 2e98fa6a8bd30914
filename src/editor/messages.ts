import * as vscode from 'vscode';
import { isProblem } from '../model/problem.ts';
import { withoutLinks as plain } from './text/markdown.ts';

// Every message of the extension goes through here, so that no text from outside becomes a link in it.

/** At least one. */
type Buttons = readonly [...string[], string];

/** @returns the button pressed, or undefined when the message was closed. */
export const showInformation = (text: string, ...buttons: Buttons): Thenable<string | undefined> =>
  vscode.window.showInformationMessage(plain(text), ...buttons);

/** @returns the button pressed, or undefined when the message was closed. */
export const showWarning = (text: string, ...buttons: Buttons): Thenable<string | undefined> =>
  vscode.window.showWarningMessage(plain(text), ...buttons);

// A message without buttons asks nothing and may stand for hours: nothing waits for it to be closed. It fails only when the window goes.
const unheard = (message: Thenable<unknown>): void => void Promise.resolve(message).catch(() => undefined);

/** Says something. */
export const tell = (text: string): void => unheard(vscode.window.showInformationMessage(plain(text)));

const mentionedMs = 6_000;

/** Says in the status bar, for some seconds, that something went as it was meant to. */
export const mention = (text: string): void => void vscode.window.setStatusBarMessage(plain(text), mentionedMs);

/** Says that something is not as it should be. */
export const warn = (text: string): void => unheard(vscode.window.showWarningMessage(plain(text)));

/** @returns the button pressed, or undefined when the message was closed. */
export const showError = (text: string, ...buttons: readonly string[]): Thenable<string | undefined> =>
  vscode.window.showErrorMessage(plain(text), ...buttons);

/** What went wrong and, where it is known, what to do next. */
export const failureText = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return isProblem(error) && error.nextStep !== null ? `${text} ${error.nextStep}` : text;
};

/** Asks in a modal dialog that can not be overlooked. @returns whether the person agreed. */
export const confirm = async (question: string, detail: string, yes: string): Promise<boolean> =>
  (await vscode.window.showWarningMessage(plain(question), { modal: true, detail: plain(detail) }, yes)) === yes;

/** The same with several answers. @returns the button pressed, or undefined when the dialog was closed. */
export const choose = (question: string, detail: string, ...buttons: readonly string[]): Thenable<string | undefined> =>
  vscode.window.showWarningMessage(plain(question), { modal: true, detail: plain(detail) }, ...buttons);

/**
 * For a question with an answer before it, or that holds what was typed or ticked, which would be lost: it stays when something else takes the focus, such
 * as a terminal that ends. Escape closes it. A list that only opens something does without.
 */
export const staying = { ignoreFocusOut: true } as const;

/** Shows progress with a way to cancel while `run` works. */
export const withCancellableProgress = <Result>(
  title: string,
  run: (signal: AbortSignal, progress: (text: string) => void) => Promise<Result>,
): Thenable<Result> =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: plain(title), cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => abort.abort());
      try {
        return await run(abort.signal, (text) => progress.report({ message: plain(text) }));
      } finally {
        subscription.dispose();
      }
    },
  );
