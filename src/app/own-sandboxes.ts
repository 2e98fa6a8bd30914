import { dropOldest } from '../model/bounded.ts';
import { personOf } from '../model/owner.ts';
import type { PlaceHints } from '../model/ports.ts';
import type { Sandbox } from '../model/sandbox.ts';
import { workspaceName, workspaceOf } from '../model/workspace.ts';

/** Remembered of those a person had to do with; the ones of longest ago go first. */
const mostTouched = 500;
const userNames = ['USER', 'LOGNAME', 'USERNAME'] as const;

/** What is looked at to tell whose a sandbox is. */
export interface Belonging {
  readonly sandbox: Pick<Sandbox, 'id' | 'metadata'>;
  /** The place the editor itself runs in. */
  readonly isHere: boolean;
}

/**
 * Which of all sandboxes are the person's own: those they had to do with in this session (current, chosen, opened, changed), the
 * place the editor works in, and those whose metadata names this workspace, the person's user name, or the person their
 * current sandbox belongs to.
 */
export class OwnSandboxes {
  readonly #touched = new Set<string>();
  #workspaces: ReadonlySet<string> = new Set();
  #user: string | null = null;
  #person: string | null = null;
  #changes = 0;

  /** Counts up whenever `has` may have another answer than before. */
  get changes(): number {
    return this.#changes;
  }

  setPlace({ environment, workspaceNames }: PlaceHints): void {
    this.#workspaces = new Set(workspaceNames.map(workspaceName).filter((name) => name !== null));
    this.#user = userNames.map((name) => environment[name]).find((name) => name !== undefined && name !== '') ?? null;
    this.#changes += 1;
  }

  /** The person has to do with it. */
  touch(sandboxId: string): void {
    if (!this.#touched.delete(sandboxId)) this.#changes += 1;
    this.#touched.add(sandboxId);
    dropOldest(this.#touched, mostTouched);
  }

  /** This is the current one now; null when there is none. */
  follow(current: Pick<Sandbox, 'id' | 'metadata'> | null): void {
    if (current === null) return;
    this.touch(current.id);
    const person = personOf(current.metadata) ?? this.#person;
    if (person !== this.#person) this.#changes += 1;
    this.#person = person;
  }

  has({ sandbox, isHere }: Belonging): boolean {
    if (isHere || this.#touched.has(sandbox.id)) return true;
    const workspace = workspaceOf(sandbox.metadata);
    if (workspace !== null && this.#workspaces.has(workspace)) return true;
    const person = personOf(sandbox.metadata);
    return person !== null && (person === this.#person || person.toLowerCase() === this.#user?.toLowerCase());
  }
}
