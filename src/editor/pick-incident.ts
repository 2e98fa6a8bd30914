import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import type { Incident } from '../model/incident.ts';
import { tell } from './messages.ts';
import { formatMoment } from './text/format.ts';
import { causeWords } from './text/words.ts';

/** The incident a command is meant for: by its id, or by the row of the tree it stands in. */
function idOf(argument: unknown): string | null {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('id' in argument)) return null;
  const { id } = argument;
  return typeof id === 'string' ? (/^.*?\/incident\/(.+)$/.exec(id)?.[1] ?? null) : null;
}

const rowOf = ({ id, sandboxName, certainty, cause, atMs, text }: Incident): vscode.QuickPickItem & { id: string } => ({
  label: sandboxName,
  description: `${certainty === 'probable' ? 'probably ' : ''}${causeWords[cause]} · ${formatMoment(atMs)}`,
  detail: text,
  id,
});

/**
 * @returns the id of the incident that is meant; where that is open, the person chooses among all that are kept, which may be in no view any
 * more. Null when there is none, or the question was closed.
 */
export async function incidentOf(argument: unknown, supervisor: Supervisor): Promise<string | null> {
  const meant = idOf(argument);
  if (meant !== null) return meant;
  const closing = new vscode.CancellationTokenSource();
  try {
    // The list opens at once and is filled when the history has answered.
    const rows = supervisor.incidents().then((incidents) => {
      if (incidents.length === 0) {
        closing.cancel();
        tell('Nothing broke so far: there is no incident to show.');
      }
      return incidents.map(rowOf);
    });
    const picked = await vscode.window.showQuickPick(
      rows,
      { title: 'What happened?', placeHolder: 'Newest first', matchOnDescription: true, matchOnDetail: true },
      closing.token,
    );
    return picked?.id ?? null;
  } finally {
    closing.dispose();
  }
}
