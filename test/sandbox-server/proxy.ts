import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { execdPort, viaHeader } from './execd.ts';
import { forwardRequest, forwardUpgrade } from './forward.ts';
import { apiKeyHeader, BusinessError, sendDetail, sendError } from './http.ts';
import type { Entry, Registry } from './registry.ts';

const dropHeaders = [apiKeyHeader, 'authorization', 'cookie', viaHeader];
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** A path of the proxy route, taken apart. */
export interface ProxyTarget {
  readonly sandboxId: string;
  readonly port: number;
  readonly path: string;
}

/** Takes a path apart (without `/v1`); undefined when it is no path of the proxy route. */
export function parseProxyPath(path: string): ProxyTarget | undefined {
  const match = /^\/sandboxes\/([^/]+)\/proxy\/(\d+)(\/.*)?$/.exec(path);
  return match === null ? undefined : { sandboxId: match[1] ?? '', port: Number(match[2]), path: match[3] ?? '/' };
}

/** What the proxy route works with. */
export interface ProxyContext {
  readonly registry: Registry;
  readonly viaSecret: string;
}

/** A proxied request keeps a sandbox alive that was created to be renewed on access. */
function renewOnAccess({ registry }: ProxyContext, entry: Entry): void {
  const seconds = Number(entry.sandbox.spec.extensions['access.renew.extend.seconds'] ?? Number.NaN);
  if (Number.isNaN(seconds) || entry.expiresAtMs === null) return;
  registry.renew(entry, Math.max(entry.expiresAtMs, Date.now() + seconds * 1000), 'access');
}

/** The port on this machine, or the error the real proxy gives. */
function resolve(context: ProxyContext, target: ProxyTarget): { port: number; entry: Entry } {
  const entry = context.registry.get(target.sandboxId);
  if (entry.sandbox.state === 'exited') {
    const message = 'Container is running but has no assigned IP address.';
    throw new BusinessError(500, 'DOCKER::NETWORK_MODE_ENDPOINT_UNAVAILABLE', message);
  }
  if (target.port === execdPort && entry.execd.isDead) throw refused(target.port, 'All connection attempts failed');
  return { port: target.port === execdPort ? entry.execd.port : target.port, entry };
}

function refused(port: number, why: string): BusinessError {
  const message = `Could not connect to the backend sandbox endpoint='172.17.0.2:${port}' headers=None: ${why}`;
  return new BusinessError(502, 'GENERAL::UNKNOWN_ERROR', message);
}

/** Answers `/sandboxes/{id}/proxy/{port}/…`. Errors before forwarding are thrown. */
export function proxyRequest(
  context: ProxyContext,
  request: IncomingMessage,
  response: ServerResponse,
  target: ProxyTarget,
  search: string,
): void {
  if (!methods.includes(request.method ?? '')) {
    response.setHeader('Allow', methods.join(', '));
    sendDetail(response, 405, 'Method Not Allowed');
    return;
  }
  if (request.headers.upgrade !== undefined) {
    sendError(response, 400, 'GENERAL::UNKNOWN_ERROR', 'Websocket upgrade is not supported over HTTP');
    return;
  }
  const { port, entry } = resolve(context, target);
  renewOnAccess(context, entry);
  forwardRequest(request, response, port, target.path + search, {
    dropHeaders,
    addHeaders: { [viaHeader]: context.viaSecret },
    onRefused: (answer, error) => {
      const failure = refused(target.port, error.message);
      sendError(answer, failure.status, failure.code, failure.message);
    },
  });
}

/** Passes a WebSocket on. Throws as `proxyRequest` does. */
export function proxyUpgrade(
  context: ProxyContext,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  target: ProxyTarget,
  search: string,
): void {
  const { port, entry } = resolve(context, target);
  renewOnAccess(context, entry);
  const addHeaders = { [viaHeader]: context.viaSecret };
  forwardUpgrade(request, socket, head, port, target.path + search, { dropHeaders, addHeaders });
}
