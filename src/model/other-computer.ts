import type { FileReader } from './ports.ts';

/** The names by which places are recognised; nothing else of the environment is kept. */
const wanted =
  /^(?:OPENSANDBOX_ID|E2B_SANDBOX(?:_ID)?|DAYTONA_(?:SANDBOX|WS)_ID|MODAL_(?:SANDBOX|TASK)_ID|CSB(?:_SANDBOX_ID)?|CODESPACES|CODESPACE_NAME|REMOTE_CONTAINERS|DEVCONTAINER|KUBERNETES_SERVICE_HOST|container)=/;

/** @returns the environment of the editor's server on the other computer of a remote window, as far as it tells what kind of place that is. */
export const remoteEnvironment = async (files: FileReader): Promise<Readonly<Record<string, string>>> => {
  const text = (await files.text('/proc/self/environ')) ?? '';
  const pairs = text
    .split('\0')
    .filter((pair) => wanted.test(pair))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
};

/** @returns what the other computer is called, or null where its files do not tell: it is no Linux, or its connection is slow. */
export const remoteHostname = async (files: FileReader): Promise<string | null> => {
  const text = (await files.text('/proc/sys/kernel/hostname', 256))?.trim() ?? '';
  return text === '' ? null : text;
};
