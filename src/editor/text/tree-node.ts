/** One row of the tree, as plain data; `tree.ts` turns it into what the editor wants. */
export interface TreeNode {
  /** Stable over refreshes, so that expansion and selection are kept. */
  readonly id: string;
  readonly kind: 'server' | 'sandbox' | 'group' | 'signal' | 'process' | 'error' | 'incident' | 'fact';
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Theme colour of the icon, always beside a word that says the same. */
  readonly iconColor: string | null;
  readonly contextValue: string;
  /** Plain text; shown as text. */
  readonly tooltip: string;
  /** For screen readers. */
  readonly accessibleLabel: string;
  readonly sandboxId: string | null;
  readonly pid: number | null;
  readonly expanded: boolean;
  readonly children: readonly TreeNode[];
}

/** @returns what stands in a row, for the ear: without pictures, dots and other signs that a screen reader spells out. */
export const spoken = (text: string): string =>
  text
    .replaceAll(/ · [▰▱]+/g, '')
    .replaceAll(/(?<=[.!?]) · /g, ' ')
    .replaceAll(' · ', ', ')
    .replaceAll(/~(?=\d)/g, 'about ')
    .replaceAll(/<(?=\d)/g, 'less than ');

/** What an icon says, where no word in the row does. */
const kindWords: Partial<Record<TreeNode['kind'], string>> = { process: 'Process ', error: 'Error: ' };

/** A row; what is not given is empty, and said from what is. */
export const node = (
  part: Pick<TreeNode, 'id' | 'kind' | 'label' | 'icon' | 'contextValue'> & Partial<TreeNode>,
): TreeNode => {
  const description = part.description ?? '';
  return {
    description,
    iconColor: null,
    tooltip: description === '' ? part.label : `${part.label}: ${description}`,
    accessibleLabel: `${kindWords[part.kind] ?? ''}${spoken(description === '' ? part.label : `${part.label} · ${description}`)}`,
    sandboxId: null,
    pid: null,
    expanded: false,
    children: [],
    ...part,
  };
};
