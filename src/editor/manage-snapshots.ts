import * as vscode from 'vscode';
import type { OwnedSnapshot, Supervisor } from '../app/contracts.ts';
import { isProblem } from '../model/problem.ts';
import { confirm, failureText, staying, tell, warn, withCancellableProgress } from './messages.ts';
import { formatMoment } from './text/format.ts';

const timeoutMs = 30_000;

/** Lists the snapshots that are kept and deletes those the person picks: they outlive their sandboxes and fill the server's disk. */
export async function manageSnapshots(supervisor: Supervisor): Promise<void> {
  const snapshots = await supervisor.snapshots(AbortSignal.timeout(timeoutMs));
  if (snapshots.length === 0) {
    tell('There are no snapshots.');
    return;
  }
  const names = new Map(supervisor.view.sandboxes.map(({ sandbox }) => [sandbox.id, sandbox.name]));
  const picked = await vscode.window.showQuickPick(
    snapshots.map((snapshot) => ({
      label: snapshot.name ?? snapshot.id,
      description: `${snapshot.rawState} · of ${names.get(snapshot.sandboxId) ?? `${snapshot.sandboxId.slice(0, 8)} (not running)`}`,
      detail: [
        snapshot.createdAtMs === null ? '' : formatMoment(snapshot.createdAtMs),
        snapshot.server,
        snapshot.message ?? '',
      ]
        .filter((part) => part !== '')
        .join(' · '),
      snapshot,
    })),
    {
      title: 'Snapshots',
      placeHolder: 'Pick those to delete',
      canPickMany: true,
      matchOnDescription: true,
      ...staying,
    },
  );
  if (!picked || picked.length === 0) return;
  await deleteAll(
    supervisor,
    picked.map(({ snapshot }) => snapshot),
  );
}

async function deleteAll(supervisor: Supervisor, snapshots: readonly OwnedSnapshot[]): Promise<void> {
  const what = snapshots.length === 1 ? 'this snapshot' : `these ${snapshots.length} snapshots`;
  const names = snapshots.map(nameOf).join('\n');
  if (!(await confirm(`Delete ${what}?`, `${names}\n\nThe files saved in them are lost.`, 'Delete'))) return;
  const gone = await withCancellableProgress(`Deleting ${what}`, async (signal, progress) => {
    const done: string[] = [];
    for (const snapshot of snapshots) {
      if (signal.aborted) break;
      progress(nameOf(snapshot));
      try {
        await supervisor.deleteSnapshot(snapshot, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
        done.push(nameOf(snapshot));
      } catch (error) {
        if (!isProblem(error)) throw error;
        if (!signal.aborted) warn(`${nameOf(snapshot)} was not deleted: ${failureText(error)}`);
      }
    }
    return done;
  });
  if (gone.length > 0)
    tell(gone.length === 1 ? `${gone.join()} was deleted.` : `${gone.length} snapshots were deleted.`);
}

const nameOf = ({ name, id }: OwnedSnapshot): string => name ?? id;
