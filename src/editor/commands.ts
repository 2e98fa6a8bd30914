import * as vscode from 'vscode';
import { type CommandId, commandIds } from './command-ids.ts';

export type CommandHandler = (argument: unknown) => Promise<void> | void;

/**
 * Registers every command. A handler that fails is logged and said in one sentence; nothing is swallowed.
 * @param failed writes the whole error to the log.
 */
export function registerCommands(
  handlers: Readonly<Record<CommandId, CommandHandler>>,
  failed: (id: CommandId, error: unknown) => void,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandIds.map((id) =>
      vscode.commands.registerCommand(`sandboxForesight.${id}`, async (argument: unknown) => {
        try {
          await handlers[id](argument);
        } catch (error) {
          failed(id, error);
          const text = error instanceof Error ? error.message : String(error);
          const openLog = 'Open Log';
          const chosen = await vscode.window.showErrorMessage(`Sandbox Foresight: ${text}`, openLog);
          if (chosen === openLog) await vscode.commands.executeCommand('sandboxForesight.showLog');
        }
      }),
    ),
  );
}
