import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { SandboxView } from '../model/view.ts';
import { confirm, tell, warn, withCancellableProgress } from './messages.ts';
import { saveLines } from './save-lines.ts';
import { formatBytes } from './text/format.ts';

/** Removes what is remembered of one sandbox, after asking. */
export async function forgetSandbox(supervisor: Supervisor, { sandbox }: SandboxView): Promise<void> {
  const agreed = await confirm(
    `Forget ${sandbox.name}?`,
    'Its measurements, incidents, errors and warnings are removed from this computer. The sandbox itself is not touched.',
    'Forget',
  );
  if (!agreed) return;
  await supervisor.forgetSandbox(sandbox.id);
  tell(`What was remembered of ${sandbox.name} was removed.`);
}

/** Removes everything that is remembered, after asking. */
export async function forgetEverything(supervisor: Supervisor): Promise<void> {
  const agreed = await confirm(
    'Forget all past sandboxes?',
    'All measurements, incidents, errors and warnings are removed from this computer, and what was learned from them. No sandbox is touched.',
    'Forget Everything',
  );
  if (!agreed) return;
  await supervisor.forgetEverything();
  tell('What was remembered of past sandboxes was removed.');
}

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
  const care = 'Secrets were taken out before they were kept; look through the file before you share it.';
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
