import type { SandboxProvider } from './ports.ts';

/** @returns what a provider can tell of, as one text to compare and to keep: its label where it says nothing else; null while it is not known. */
export const realmOf = ({ realm, label }: Pick<SandboxProvider, 'realm' | 'label'>): string | null =>
  realm === undefined ? label : realm;
