import * as vscode from 'vscode';
import type { Log } from '../model/ports.ts';

/** The log output channel behind the `Log` port, plus the one thing only the editor does with it. */
export interface EditorLog extends Log, vscode.Disposable {
  show(): void;
}

/**
 * Opens the output channel "Sandbox Foresight".
 * @param redact takes secrets out of every line before it is written.
 */
export function createLog(redact: (text: string) => string): EditorLog {
  const channel = vscode.window.createOutputChannel('Sandbox Foresight', { log: true });
  return {
    debug: (text) => channel.debug(redact(text)),
    info: (text) => channel.info(redact(text)),
    warn: (text) => channel.warn(redact(text)),
    error: (text) => channel.error(redact(text)),
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
