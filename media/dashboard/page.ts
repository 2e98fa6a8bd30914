import type { ToPage } from '../../src/model/dashboard/messages.ts';
import type { PageState } from '../../src/model/dashboard/state.ts';

/** One of the three pages. */
export interface Page {
  /** Takes what concerns it, and ignores the rest. */
  receive(message: ToPage): void;
  /** Once a second while it can be seen. */
  tick(): void;
}

/** What the pages share. */
export interface PageParts {
  /** Keeps a part of the state over a reload. */
  readonly keep: (part: Partial<PageState>) => void;
  /** Reads a text out, after what is being read. */
  readonly say: (text: string) => void;
}
