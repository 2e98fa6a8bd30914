import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import { tell } from './messages.ts';
import { signalWords } from './text/words.ts';

/** Takes back what is muted of a sandbox. @param sandboxId null: the person chooses among those of which something is. */
export async function warnAgain(supervisor: Supervisor, sandboxId: string | null): Promise<void> {
  const { mutes, view } = supervisor;
  const nameOf = (id: string): string => view.sandboxes.find(({ sandbox }) => sandbox.id === id)?.sandbox.name ?? id;
  const signalsOf = (id: string): string =>
    mutes
      .filter((mute) => mute.sandboxId === id)
      .map(({ signal }) => signalWords[signal])
      .join(', ');
  const muted = [...new Set(mutes.map((mute) => mute.sandboxId))];
  if (muted.length === 0 || (sandboxId !== null && !muted.includes(sandboxId))) {
    tell(`No warning about ${sandboxId === null ? 'any sandbox' : nameOf(sandboxId)} is muted.`);
    return;
  }
  const picked =
    sandboxId ??
    (
      await vscode.window.showQuickPick(
        muted.toReversed().map((id) => ({ label: nameOf(id), description: signalsOf(id), detail: id, id })),
        { title: 'Warn again about which sandbox?', placeHolder: 'Muted last comes first', matchOnDetail: true },
      )
    )?.id;
  if (picked === undefined) return;
  const signals = signalsOf(picked);
  await supervisor.unmute(picked);
  tell(`You are warned about ${nameOf(picked)} again: ${signals}.`);
}
