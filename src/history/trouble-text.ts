import type { EngineTrouble } from './engine.ts';

/** What a person is told of each trouble: what is missing, and what they can do. */
export const troubleText = (trouble: EngineTrouble, folder: string, detail: string): string => {
  switch (trouble) {
    case 'locked':
      return `Another program holds the history in ${folder}. New entries wait in memory and are written when it lets go.`;
    case 'full':
      return 'The disk is full: warnings and incidents wait in memory, samples are not kept. Free some space; nothing else has to be done.';
    case 'read-only':
      return `The history folder ${folder} cannot be written (${detail}): what happens in this window is forgotten when it closes. Make the folder writable and reload the window.`;
    case 'newer':
      return 'The history was written by a newer version of this extension and is left alone: what happens in this window is forgotten when it closes. Update the extension.';
    case 'missing':
      return 'This editor has no SQLite; what happens in this window is forgotten when it closes.';
    case 'corrupt':
      return `The history in ${folder} is damaged and could not be replaced: what happens in this window is forgotten when it closes. Move the file away and reload the window.`;
    case 'replaced':
    case 'failed':
      return `The history in ${folder} cannot be written at the moment (${detail}). New entries wait in memory and are written when it works again.`;
  }
};

/** What a person is told once of a file that was set aside. */
export const setAsideText = (name: string, saved: number): string =>
  `The history was damaged or not written by this extension. It was set aside as ${name} and begun anew; ${
    saved === 0 ? 'nothing of it could be read.' : `${saved} entries that could still be read were taken over.`
  }`;

/** What a person is told when more came than could be written. */
export const droppedText = (count: number): string =>
  `More happens than can be written: ${count} samples or errors were left out of the history.`;

/** What a person is told when nothing that was told the worker is confirmed. */
export const slowText = (folder: string): string =>
  `The history in ${folder} does not answer: its disk is slow or out of reach. New entries wait in memory and are written when it answers; until then, what it knows of the past is missing.`;

/** What a person is told when the worker cannot be started. */
export const workerText =
  'The part of the extension that writes the history does not start: what happens in this window is forgotten when it closes. Reload the window.';
