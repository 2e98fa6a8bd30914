import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDiagnosticsKind, sendDiagnostics } from './diagnostics.ts';
import { BusinessError, readBody, sendDetail, sendEmpty, sendJson } from './http.ts';
import { checkMetadata, parseCreate, parseExpiresAt, parseObject } from './lifecycle-validate.ts';
import { sandboxView, snapshotView, statusView } from './lifecycle-view.ts';
import { paginate } from './paging.ts';
import type { Entry, Registry } from './registry.ts';
import type { Switches } from './switches.ts';
import { formatTimestamp } from './timestamps.ts';

/** What the lifecycle routes work with. */
export interface LifecycleContext {
  readonly registry: Registry;
  readonly switches: Switches;
  readonly allowShortTtl: boolean;
  /** Host and port of the server, as they stand in proxied endpoints. */
  readonly authority: () => string;
  /** A port on which nobody listens. */
  readonly closedPort: number;
}

type Handler = (context: LifecycleContext, call: Call) => Promise<void> | void;

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly id: string;
  readonly last: string;
}

async function readObject(call: Call): Promise<Record<string, unknown>> {
  return parseObject((await readBody(call.request)).toString('utf8'));
}

const createSandbox: Handler = async (context, call) => {
  const spec = parseCreate(await readObject(call), context.allowShortTtl);
  if (spec.snapshotId !== undefined) {
    const { state } = context.registry.snapshot(spec.snapshotId);
    if (state !== 'Ready') {
      throw new BusinessError(409, 'SNAPSHOT::NOT_READY', `Snapshot ${spec.snapshotId} is not ready (state ${state}).`);
    }
  }
  const entry = await context.registry.create(spec);
  const { image: _image, snapshotId: _snapshotId, ...view } = sandboxView(entry, context.switches);
  const status = { ...statusView(entry, context.switches), message: 'Sandbox container started successfully.' };
  sendJson(call.response, 202, { ...view, status });
};

const listSandboxes: Handler = ({ registry, switches }, { url, response }) => {
  const states = url.searchParams.getAll('state').map((state) => state.toLowerCase());
  const filter = new URLSearchParams(url.searchParams.get('metadata') ?? '');
  const matches = registry.all().filter((entry) => {
    const state = statusView(entry, switches)['state'] ?? '';
    if (states.length > 0 && !states.includes(state.toLowerCase())) return false;
    return [...filter].every(([key, value]) => entry.sandbox.metadata[key] === value);
  });
  sendJson(
    response,
    200,
    paginate(matches, url, (entry) => sandboxView(entry, switches)),
  );
};

const getSandbox: Handler = ({ registry, switches }, { id, response }) =>
  sendJson(response, 200, sandboxView(registry.get(id), switches));

const deleteSandbox: Handler = async ({ registry }, { id, response }) => {
  await registry.end(registry.get(id), 'deleted');
  sendEmpty(response, 204);
};

const patchMetadata: Handler = async ({ registry, switches }, call) => {
  const { sandbox } = registry.get(call.id);
  const patch = await readObject(call);
  const merged = { ...sandbox.metadata };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (typeof value === 'string') merged[key] = value;
    else
      throw new BusinessError(400, 'INVALID_METADATA_FORMAT', `Metadata value of '${key}' must be a string or null.`);
  }
  checkMetadata(merged);
  sandbox.metadata = merged;
  sendJson(call.response, 200, sandboxView(registry.get(call.id), switches));
};

const pause: Handler = ({ registry }, { id, response }) => {
  const entry = registry.get(id);
  if (entry.sandbox.state === 'exited') {
    throw new BusinessError(409, 'DOCKER::SANDBOX_NOT_RUNNING', 'Sandbox is not in a running state.');
  }
  if (entry.sandbox.state === 'paused') {
    const message = `Failed to pause sandbox container: Container ${entry.sandbox.containerId} is already paused`;
    throw new BusinessError(500, 'DOCKER::SANDBOX_PAUSE_FAILED', message);
  }
  registry.pause(entry);
  sendEmpty(response, 202);
};

const resume: Handler = ({ registry }, { id, response }) => {
  const entry = registry.get(id);
  if (entry.sandbox.state !== 'paused') {
    throw new BusinessError(409, 'DOCKER::SANDBOX_NOT_PAUSED', 'Sandbox is not in a paused state.');
  }
  registry.resume(entry);
  sendEmpty(response, 202);
};

const renew: Handler = async ({ registry, switches }, call) => {
  const entry = registry.get(call.id);
  const body = await readObject(call);
  const offsetMs = Number(switches.get('clockOffset'));
  const expiresAtMs = parseExpiresAt(body['expiresAt'], body) - offsetMs;
  if (expiresAtMs <= Date.now()) {
    throw new BusinessError(400, 'DOCKER::INVALID_EXPIRATION', 'New expiration time must be in the future.');
  }
  if (entry.expiresAtMs === null) {
    const message = `Sandbox ${call.id} does not have automatic expiration enabled.`;
    throw new BusinessError(409, 'DOCKER::INVALID_EXPIRATION', message);
  }
  registry.renew(entry, expiresAtMs, 'request');
  sendJson(call.response, 200, { expiresAt: formatTimestamp(expiresAtMs + offsetMs) });
};

const takeSnapshot: Handler = async ({ registry }, call) => {
  const entry = registry.get(call.id);
  const text = (await readBody(call.request)).toString('utf8');
  const name = text.trim() === '' ? undefined : parseObject(text)['name'];
  if (entry.sandbox.state !== 'running') {
    const message = `Sandbox ${call.id} must be in Running state to create a snapshot.`;
    throw new BusinessError(409, 'SNAPSHOT::INVALID_SOURCE_STATE', message);
  }
  const snapshot = registry.takeSnapshot(entry, typeof name === 'string' ? name : undefined);
  sendJson(call.response, 202, snapshotView(snapshot));
};

const listSnapshots: Handler = ({ registry }, { url, response }) => {
  const sandboxId = url.searchParams.get('sandboxId');
  const states = url.searchParams.getAll('state').map((state) => state.toLowerCase());
  const matches = registry
    .allSnapshots()
    .filter((snapshot) => sandboxId === null || snapshot.sandboxId === sandboxId)
    .filter((snapshot) => states.length === 0 || states.includes(snapshot.state.toLowerCase()));
  sendJson(response, 200, paginate(matches, url, snapshotView));
};

const getSnapshot: Handler = ({ registry }, { id, response }) =>
  sendJson(response, 200, snapshotView(registry.snapshot(id)));

const deleteSnapshot: Handler = async ({ registry }, { id, response }) => {
  const snapshot = registry.snapshot(id);
  if (snapshot.state === 'Creating') {
    const message = `Snapshot ${id} is still being created and cannot be deleted`;
    throw new BusinessError(409, 'SNAPSHOT::INVALID_STATE', message);
  }
  await registry.deleteSnapshot(snapshot);
  sendEmpty(response, 204);
};

function directEndpoint({ switches, closedPort }: LifecycleContext, { sandbox, execd }: Entry, port: number): string {
  const isReachable = !switches.isOn('directUnreachable', sandbox.id);
  return `127.0.0.1:${isReachable ? execd.port : closedPort}/proxy/${port}`;
}

const getEndpoint: Handler = (context, { id, last, url, response }) => {
  const entry = context.registry.get(id);
  const port = Number(last);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new BusinessError(400, 'DOCKER::INVALID_PORT', 'Port must be between 1 and 65535.');
  }
  const isProxied = ['true', '1', 'yes', 'on'].includes(url.searchParams.get('use_server_proxy')?.toLowerCase() ?? '');
  if (isProxied && url.searchParams.has('expires')) {
    throw new BusinessError(400, 'SANDBOX::INVALID_PARAMETER', 'expires cannot be combined with use_server_proxy.');
  }
  // Like the published container ports, the direct address is handed out even when nothing answers there any more.
  const endpoint = isProxied
    ? `${context.authority()}/sandboxes/${id}/proxy/${port}`
    : directEndpoint(context, entry, port);
  sendJson(response, 200, { endpoint });
};

const diagnose: Handler = (context, { id, last, url, response }) => {
  if (!isDiagnosticsKind(last)) sendDetail(response, 404, 'Not Found');
  else sendDiagnostics(context.registry.get(id), last, url, response, context.switches);
};

const noPools: Handler = () => {
  const message = 'Pools are only supported by the Kubernetes runtime.';
  throw new BusinessError(501, 'KUBERNETES::POOL_NOT_SUPPORTED', message);
};

const routes: readonly (readonly [path: RegExp, methods: Readonly<Record<string, Handler>>])[] = [
  [/^\/sandboxes$/, { POST: createSandbox, GET: listSandboxes }],
  [/^\/sandboxes\/([^/]+)$/, { GET: getSandbox, DELETE: deleteSandbox }],
  [/^\/sandboxes\/([^/]+)\/metadata$/, { PATCH: patchMetadata }],
  [/^\/sandboxes\/([^/]+)\/pause$/, { POST: pause }],
  [/^\/sandboxes\/([^/]+)\/resume$/, { POST: resume }],
  [/^\/sandboxes\/([^/]+)\/renew-expiration$/, { POST: renew }],
  [/^\/sandboxes\/([^/]+)\/snapshots$/, { POST: takeSnapshot }],
  [/^\/sandboxes\/([^/]+)\/endpoints\/([^/]+)$/, { GET: getEndpoint }],
  [/^\/sandboxes\/([^/]+)\/diagnostics\/([^/]+)$/, { GET: diagnose }],
  [/^\/snapshots$/, { GET: listSnapshots }],
  [/^\/snapshots\/([^/]+)$/, { GET: getSnapshot, DELETE: deleteSnapshot }],
  [/^\/pools(?:\/([^/]+))?$/, { GET: noPools, POST: noPools, PUT: noPools, DELETE: noPools }],
];

/** The paths of the API, for the description that clients use to find out what a server can do. */
export const describedPaths = [
  '/sandboxes',
  '/sandboxes/{sandbox_id}',
  '/sandboxes/{sandbox_id}/metadata',
  '/sandboxes/{sandbox_id}/pause',
  '/sandboxes/{sandbox_id}/resume',
  '/sandboxes/{sandbox_id}/renew-expiration',
  '/sandboxes/{sandbox_id}/snapshots',
  '/sandboxes/{sandbox_id}/endpoints/{port}',
  '/sandboxes/{sandbox_id}/diagnostics/logs',
  '/sandboxes/{sandbox_id}/diagnostics/events',
  '/sandboxes/{sandbox_id}/diagnostics/inspect',
  '/sandboxes/{sandbox_id}/diagnostics/summary',
  '/snapshots',
  '/snapshots/{snapshot_id}',
  '/pools',
] as const;

/** Answers one lifecycle request; `path` is without the optional `/v1`. Business and validation errors are thrown. */
export async function routeLifecycle(
  context: LifecycleContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  url: URL,
): Promise<void> {
  for (const [pattern, methods] of routes) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const handler = methods[request.method ?? 'GET'];
    if (handler === undefined) {
      response.setHeader('Allow', Object.keys(methods).join(', '));
      sendDetail(response, 405, 'Method Not Allowed');
    } else await handler(context, { request, response, url, id: match[1] ?? '', last: match[2] ?? '' });
    return;
  }
  if (path.length > 1 && path.endsWith('/')) {
    response.writeHead(307, { Location: `${url.pathname.slice(0, -1)}${url.search}`, 'Content-Length': 0 });
    response.end();
  } else sendDetail(response, 404, 'Not Found');
}
