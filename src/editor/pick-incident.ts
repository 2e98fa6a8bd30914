import * as vscode from 'vscode';
import type { Incident } from '../model/incident.ts';
import type { AppView } from '../model/view.ts';
import { tell } from './messages.ts';
import { formatMoment } from './text/format.ts';
import { causeWords } from './text/words.ts';

const allIncidents = (view: AppView): readonly Incident[] =>
  view.sandboxes.flatMap(({ incidents }) => incidents).toSorted((a, b) => b.atMs - a.atMs);

/** The incident a command is meant for: by its id, or by the row of the tree it stands in. */
function idOf(argument: unknown): string | null {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('id' in argument)) return null;
  const { id } = argument;
  return typeof id === 'string' ? (/^.*?\/incident\/(.+)$/.exec(id)?.[1] ?? null) : null;
}

/** @returns the id of the incident that is meant, which may be one that only the history knows; asks when that is open; null when there is none. */
export async function incidentOf(argument: unknown, view: AppView): Promise<string | null> {
  const meant = idOf(argument);
  if (meant !== null) return meant;
  const incidents = allIncidents(view);
  if (incidents.length === 0) {
    tell('Nothing broke so far: there is no incident to show.');
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    incidents.map((incident) => ({
      label: incident.sandboxName,
      description: `${incident.certainty === 'probable' ? 'probably ' : ''}${causeWords[incident.cause]} · ${formatMoment(incident.atMs)}`,
      detail: incident.text,
      id: incident.id,
    })),
    { title: 'What happened?', placeHolder: 'Newest first', matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.id ?? null;
}
