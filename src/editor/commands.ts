import * as vscode from 'vscode';
import { type CommandId, commandIds } from './command-ids.ts';
import { failureText, showError } from './messages.ts';
import { lostRow } from './pick-sandbox.ts';

/**
 * The meaning of a command.
 * @param argument the row, link or id it was called for; undefined from the palette; `lostRow` for a row that is not known any more.
 * @param selected all selected rows, when it was called for several at once.
 */
export type CommandHandler = (argument: unknown, selected: readonly unknown[]) => Promise<void> | void;

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
      vscode.commands.registerCommand(`sandboxForesight.${id}`, async (...given: readonly unknown[]) => {
        const [first, selected] = given;
        // From the palette nothing is given at all.
        const argument = given.length > 0 && first === undefined ? lostRow : first;
        try {
          await handlers[id](argument, Array.isArray(selected) ? selected : []);
        } catch (error) {
          failed(id, error);
          const openLog = 'Open Log';
          const chosen = await showError(`Sandbox Foresight: ${failureText(error)}`, openLog);
          if (chosen === openLog) await vscode.commands.executeCommand('sandboxForesight.showLog');
        }
      }),
    ),
  );
}
