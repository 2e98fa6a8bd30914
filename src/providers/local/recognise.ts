import type { FileReader } from '../../model/ports.ts';

/** What kind of place the editor runs in. */
export type PlaceKind =
  | 'opensandbox'
  | 'e2b'
  | 'daytona'
  | 'modal'
  | 'codespaces'
  | 'codesandbox'
  | 'dev-container'
  | 'kubernetes'
  | 'docker'
  | 'container'
  | 'machine';

/** The place and why we think so. */
export interface RecognisedPlace {
  readonly kind: PlaceKind;
  /** For people: "Docker container". */
  readonly title: string;
  /** How people would point at it: "this container". */
  readonly name: string;
  /** What gave it away, one short sentence each; empty for a plain machine. */
  readonly evidence: readonly string[];
}

/** What a place is recognised by. */
export interface PlaceSigns {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the editor calls its remote, or null. */
  readonly remoteName: string | null;
}

interface Signs extends PlaceSigns {
  readonly cgroup: string;
  isThere(path: string): Promise<boolean>;
}

interface Rule {
  readonly kind: PlaceKind;
  readonly title: string;
  readonly name: string;
  /** Environment variables of which each is a sign; with `=value` only for that value. */
  readonly variables?: readonly string[];
  readonly files?: readonly string[];
  readonly folders?: readonly string[];
  /** In the path of the own control group. */
  readonly cgroup?: RegExp;
  readonly remoteName?: string;
}

/**
 * The surest and most particular first: a Codespace is also a dev container, and that a Docker container. Sources of the names:
 * what they are said to set: seen on a real OpenSandbox server; of E2B, Daytona, Modal and CodeSandbox only as written about them.
 */
const rules: readonly Rule[] = [
  {
    kind: 'opensandbox',
    title: 'OpenSandbox sandbox',
    name: 'this sandbox',
    variables: ['OPENSANDBOX_ID'],
    files: ['/opt/opensandbox/bootstrap.sh', '/opt/opensandbox/.env'],
    folders: ['/opt/opensandbox'],
  },
  {
    kind: 'e2b',
    title: 'E2B sandbox',
    name: 'this E2B sandbox',
    variables: ['E2B_SANDBOX=true', 'E2B_SANDBOX_ID'],
    files: ['/run/e2b/.E2B_SANDBOX_ID'],
  },
  {
    kind: 'daytona',
    title: 'Daytona sandbox',
    name: 'this Daytona sandbox',
    variables: ['DAYTONA_SANDBOX_ID', 'DAYTONA_WS_ID'],
  },
  {
    kind: 'modal',
    title: 'Modal sandbox',
    name: 'this Modal sandbox',
    variables: ['MODAL_SANDBOX_ID', 'MODAL_TASK_ID'],
  },
  {
    kind: 'codesandbox',
    title: 'CodeSandbox',
    name: 'this CodeSandbox',
    variables: ['CSB', 'CSB_SANDBOX_ID'],
  },
  {
    kind: 'codespaces',
    title: 'GitHub Codespace',
    name: 'this codespace',
    variables: ['CODESPACES=true', 'CODESPACE_NAME'],
    remoteName: 'codespaces',
  },
  {
    kind: 'dev-container',
    title: 'dev container',
    name: 'this dev container',
    variables: ['REMOTE_CONTAINERS=true', 'DEVCONTAINER'],
    remoteName: 'dev-container',
  },
  {
    kind: 'kubernetes',
    title: 'Kubernetes pod',
    name: 'this pod',
    variables: ['KUBERNETES_SERVICE_HOST'],
    folders: ['/var/run/secrets/kubernetes.io/serviceaccount'],
    cgroup: /\/kubepods/,
  },
  {
    kind: 'docker',
    title: 'Docker container',
    name: 'this container',
    files: ['/.dockerenv'],
    cgroup: /\/docker[/-][0-9a-f]{12}/,
  },
  {
    kind: 'container',
    title: 'container',
    name: 'this container',
    files: ['/run/.containerenv'],
    variables: ['container'],
    cgroup: /\/(?:libpod|lxc|crio|cri-containerd|containerd)[-./]/,
  },
];

const evidenceFor = async (rule: Rule, signs: Signs): Promise<readonly string[]> => {
  const evidence: string[] = [];
  for (const sign of rule.variables ?? []) {
    const [name = '', wanted] = sign.split('=');
    const value = signs.environment[name] ?? '';
    if (value !== '' && (wanted === undefined || value.toLowerCase() === wanted)) evidence.push(`${name} is set`);
  }
  for (const file of rule.files ?? []) if (await signs.isThere(file)) evidence.push(`${file} is there`);
  for (const folder of rule.folders ?? []) {
    if (evidence.length === 0 && (await signs.files.names(folder)) !== null) evidence.push(`${folder} is there`);
  }
  const path = rule.cgroup?.exec(signs.cgroup)?.[0];
  if (path !== undefined) evidence.push(`its control group is called ${path.replace(/^\//, '').slice(0, 24)}…`);
  if (rule.remoteName !== undefined && signs.remoteName === rule.remoteName) {
    evidence.push(`the editor calls it ${rule.remoteName}`);
  }
  return evidence;
};

/** Finds out where this is. Never throws: what can not be looked at is no evidence. */
export const recognisePlace = async (signs: PlaceSigns): Promise<RecognisedPlace> => {
  const { files } = signs;
  const all: Signs = {
    ...signs,
    cgroup: (await files.text('/proc/self/cgroup')) ?? '',
    isThere: async (path) => (await files.text(path, 1)) !== null,
  };
  for (const rule of rules) {
    const evidence = await evidenceFor(rule, all);
    if (evidence.length > 0) return { kind: rule.kind, title: rule.title, name: rule.name, evidence };
  }
  return { kind: 'machine', title: 'machine', name: 'this machine', evidence: [] };
};
