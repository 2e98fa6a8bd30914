import type { CurrentSandbox, PlaceHints } from '../../model/ports.ts';
import type { Sandbox } from '../../model/sandbox.ts';

/** Metadata keys whose value names a repository or a place. */
const uriKeys = new Set([
  'uri',
  'url',
  'repo',
  'repository',
  'git',
  'git-url',
  'git.remote',
  'remote',
  'origin',
  'workspace-uri',
]);
/** Metadata keys whose value names a workspace. */
const nameKeys = new Set([
  'workspace',
  'workspace-name',
  'project',
  'folder',
  'name',
  'sandbox-name',
  'repo',
  'repository',
  'app',
]);

/**
 * The one sandbox whose metadata names this workspace: its repository first, then the name of a folder. Only equality
 * counts, and a match with two sandboxes is none.
 */
export const workspaceMatch = (hints: PlaceHints, sandboxes: readonly Sandbox[]): CurrentSandbox | null => {
  const places = new Set(hints.workspaceUris.flatMap(placeForms));
  const names = new Set(hints.workspaceNames.map(plain).filter((name) => name !== ''));
  return (
    only(sandboxes, uriKeys, (value) => placeForms(value).some((form) => places.has(form))) ??
    only(sandboxes, nameKeys, (value) => names.has(plain(value)))
  );
};

const only = (
  sandboxes: readonly Sandbox[],
  keys: ReadonlySet<string>,
  fits: (value: string) => boolean,
): CurrentSandbox | null => {
  const found = sandboxes.flatMap((sandbox) => {
    const entry = Object.entries(sandbox.metadata).find(([key, value]) => keys.has(key.toLowerCase()) && fits(value));
    return entry === undefined
      ? []
      : [{ sandboxId: sandbox.id, how: `its metadata ${entry[0]}=${entry[1]} names this workspace`, inside: false }];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
};

/** Label values allow only letters, digits, `-`, `_` and `.`: names are compared as they could be written there. */
const plain = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '');

/** A remote or folder as `host/path` and as `owner/repository`, in the letters a label allows. */
const placeForms = (text: string): readonly string[] => {
  const withoutScheme = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^@/\s]+@/, '');
  const path = withoutScheme
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .replace(/\.git\/?$/i, '')
    .replace(/\/+$/, '');
  const segments = path.split('/').filter((segment) => segment !== '');
  const forms = [path, ...(segments.length >= 2 ? [segments.slice(-2).join('/')] : [])];
  return forms
    .flatMap((form) => ['-', '.', '_'].map((mark) => plain(form.replaceAll('/', mark))))
    .filter((form) => form !== '');
};
