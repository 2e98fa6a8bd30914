import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { SandboxView } from '../model/view.ts';
import { confirm, showInformation } from './messages.ts';

/** Removes what is remembered of one sandbox, after asking. */
export async function forgetSandbox(supervisor: Supervisor, { sandbox }: SandboxView): Promise<void> {
  const agreed = await confirm(
    `Forget ${sandbox.name}?`,
    'Its measurements, incidents, errors and warnings are removed from this computer. The sandbox itself is not touched.',
    'Forget',
  );
  if (agreed) await supervisor.forgetSandbox(sandbox.id);
}

/** Removes everything that is remembered, after asking. */
export async function forgetEverything(supervisor: Supervisor): Promise<void> {
  const agreed = await confirm(
    'Forget all past sandboxes?',
    'All measurements, incidents, errors and warnings are removed from this computer, and what was learned from them. No sandbox is touched.',
    'Forget Everything',
  );
  if (agreed) await supervisor.forgetEverything();
}

/** Asks for a file and saves everything that is remembered as JSON Lines. */
export async function exportHistory(supervisor: Supervisor): Promise<void> {
  const target = await askForFile('sandbox-foresight-history.jsonl', { 'JSON Lines': ['jsonl'] });
  if (!target) return;
  const lines: string[] = [];
  for await (const line of supervisor.exportHistory()) lines.push(line);
  await save(target, lines.length === 0 ? '' : `${lines.join('\n')}\n`);
  await showInformation(
    `${lines.length} entries were saved. Secrets were taken out before they were kept; look through the file before you share it.`,
  );
}

/** Asks for a file and saves the newest measurements in the text format of Prometheus. */
export async function exportMetrics(supervisor: Supervisor): Promise<void> {
  const target = await askForFile('sandbox-foresight.prom', { Prometheus: ['prom', 'txt'] });
  if (!target) return;
  await save(target, supervisor.exportMetrics());
  await showInformation('The newest measurements were saved.');
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
