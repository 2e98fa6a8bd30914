import * as vscode from 'vscode';
import type { Supervisor } from '../app/contracts.ts';
import { ownerSummary, postMortemMarkdown } from '../app/post-mortem/markdown.ts';
import type { PostMortem } from '../model/post-mortem.ts';
import { tell } from './messages.ts';
import { incidentOf } from './pick-incident.ts';

/** The story of the incident meant; asks which one when that is open. */
async function storyOf(supervisor: Supervisor, argument: unknown): Promise<PostMortem | null> {
  const id = await incidentOf(argument, supervisor);
  if (id === null) return null;
  const story = await supervisor.postMortem(id);
  if (story === null) tell('This incident is not remembered any more.');
  return story;
}

/** Opens the post-mortem of an incident as a Markdown document that has no file yet: to read, change, paste or save. */
export async function exportPostMortem(supervisor: Supervisor, argument: unknown): Promise<void> {
  const story = await storyOf(supervisor, argument);
  if (story === null) return;
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: postMortemMarkdown(story),
  });
  await vscode.window.showTextDocument(document, { preview: false });
}

/** Copies what the owner of the sandbox is to know, and says so. */
export async function copyOwnerSummary(supervisor: Supervisor, argument: unknown): Promise<void> {
  const story = await storyOf(supervisor, argument);
  if (story === null) return;
  await vscode.env.clipboard.writeText(ownerSummary(story));
  tell(
    `What the owner of ${story.incident.sandboxName} should know was copied, without secrets. Paste it into a message.`,
  );
}
