import type { SourcePlace } from '../../../model/error-event.ts';
import type { TextChange } from './text-change.ts';

/** What an edit may use besides the file. Texts from outside: they are compared, or put in where a shape allows it, never run. */
export interface EditFacts {
  /** The failed command, or null. */
  readonly commandLine: string | null;
  /** The limit of the sandbox's memory, or null when it is not known. */
  readonly limitBytes: number | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly place: SourcePlace | null;
}

/** A change of one file of the project, to be shown before it is made. */
export interface FileEdit {
  /** What the change is, a few words, for the preview and afterwards. */
  readonly label: string;
  /** Names in the folder of the project; the first that is there is taken. `place`: the file the error names. */
  readonly files: readonly string[] | 'place';
  /** At least one of these must be there too. Default: nothing has to. */
  readonly besides?: readonly string[];
  /** Whether the first name is made when none is there. Default: it is not. */
  readonly creates?: boolean;
  /** @returns the changes, or null when there is nothing to change, or the file is not understood. Pure. */
  change(text: string, facts: EditFacts): readonly TextChange[] | null;
}

/** One way to make the change: the first one that fits the project is shown. */
export interface EditWay extends FileEdit {
  /** Changed together with it, where it can be. */
  readonly also?: FileEdit;
}

export const one = (change: TextChange | null): readonly TextChange[] | null => (change === null ? null : [change]);

export const mebibyte = 1024 ** 2;
