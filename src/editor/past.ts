import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { ForgetOutcome } from '../model/history.ts';
import type { SandboxView } from '../model/view.ts';
import { confirm, tell, warn, withCancellableProgress } from './messages.ts';
import { saveLines } from './save-lines.ts';
import { formatBytes } from './text/format.ts';

/** Removes what is remembered of one sandbox, after asking. */
export async function forgetSandbox(supervisor: Supervisor, { sandbox }: SandboxView): Promise<void> {
  const agreed = await confirm(
    `Forget ${sandbox.name}?`,
    'Its measurements, incidents, errors and warnings are removed from this computer. What was learned from others too, such as how much memory a command takes, stays. The sandbox itself is not touched.',
    'Forget',
  );
  if (!agreed) return;
  tellForgotten(supervisor, `What was remembered of ${sandbox.name}`, await supervisor.forgetSandbox(sandbox.id));
}

/** Removes everything that is remembered, after asking. */
export async function forgetEverything(supervisor: Supervisor): Promise<void> {
  const agreed = await confirm(
    'Forget all past sandboxes?',
    'All measurements, incidents, errors and warnings are removed from this computer, with what was learned from them and the fixes of your own. No sandbox is touched.',
    'Forget Everything',
  );
  if (!agreed) return;
  tellForgotten(supervisor, 'What was remembered of past sandboxes', await supervisor.forgetEverything());
}

const tellForgotten = ({ view }: Supervisor, what: string, outcome: ForgetOutcome): void => {
  if (outcome === 'done') tell(`${what} was removed.`);
  else if (outcome === 'later') {
    const why = view.historyProblem === null ? '' : ` ${view.historyProblem}`;
    warn(`${what} is removed as soon as the history can be written. Leave this window open until then.${why}`);
  } else {
    const next =
      view.historyProblem === null
        ? 'This editor has no SQLite to write them with: forget it with a newer one, or forget everything.'
        : `${view.historyProblem} Then forget it again.`;
    warn(
      `${what} was removed from this window, but not from the files of the history: a later one shows it again. ${next}`,
    );
  }
};

/** Asks for a file and saves everything that is remembered as JSON Lines. */
export async function exportHistory(supervisor: Supervisor): Promise<void> {
  const target = await askForFile('sandbox-foresight-history.jsonl', { 'JSON Lines': ['jsonl'] });
  if (!target) return;
  const saved = await withCancellableProgress('Saving what is remembered', async (signal) => {
    try {
      return await saveLines(target, supervisor.exportHistory(), signal);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  });
  if (saved === null) return;
  const care =
    'Secrets were taken out where they could be recognised. The last lines of programs are in it: look through the file before you share it.';
  if (saved.cutAtBytes === null) tell(`${saved.lines} entries were saved. ${care}`);
  else {
    warn(
      `Only the first ${saved.lines} entries were saved: a file there may have at most ${formatBytes(saved.cutAtBytes)}. ${
        target.scheme === 'file' ? '' : 'Choose a file on this computer for more. '
      }${care}`,
    );
  }
}

/** Asks for a file and saves the newest measurements in the text format of Prometheus. */
export async function exportMetrics(supervisor: Supervisor): Promise<void> {
  const target = await askForFile('sandbox-foresight.prom', { Prometheus: ['prom', 'txt'] });
  if (!target) return;
  await save(target, supervisor.exportMetrics());
  tell('The newest measurements were saved.');
}

const askForFile = (name: string, filters: Record<string, string[]>): Thenable<vscode.Uri | undefined> => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.window.showSaveDialog({
    filters,
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
  });
};

const save = (target: vscode.Uri, text: string): Thenable<void> =>
  vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
