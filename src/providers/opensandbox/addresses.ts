import { isIP } from 'node:net';
import { apiPath } from '../../net/address.ts';
import { isLoopback } from '../../net/loopback.ts';
import type { SecretHeaders } from '../../net/secret-headers.ts';
import { type ExecdAddress, execdPort } from './execd-client.ts';
import type { WireEndpoint } from './schemas.ts';
import type { ServerAddress } from './server-address.ts';
import { apiKeyHeader } from './server-client.ts';

const tokenHeader = 'X-EXECD-ACCESS-TOKEN';
/**
 * Says that a request is no access: newer servers and gateways then do not move the deadline, and take the header out before they pass the
 * request on; older ones do not know it (OpenSandbox, OSEP-0009, components/ingress/pkg/proxy/header.go).
 */
const noAccess = { 'OpenSandbox-Access-Renew': 'skip' };

/**
 * The addresses at which execd may be, best first. The endpoint comes without a scheme: the server's own is tried
 * first. The server's key goes to none of them. execd's token does not go over plain http when the server uses https.
 * An address on this computer is left out when the server is elsewhere: it means the server's own computer, and
 * something else may listen here.
 */
export const directAddresses = (
  endpoint: WireEndpoint,
  server: ServerAddress,
  token: string | null,
): readonly ExecdAddress[] => {
  const schemes = server.isSecure ? (['https', 'http'] as const) : (['http', 'https'] as const);
  const given = /^(https?):\/\/(.*)$/i.exec(endpoint.endpoint);
  const rest = withBrackets(given?.[2] ?? endpoint.endpoint);
  const wanted = given === null ? schemes : schemes.filter((scheme) => scheme === given[1]?.toLowerCase());
  return wanted.flatMap((scheme) => {
    const url = URL.parse(`${scheme}://${rest}`);
    if (url === null || url.host === '' || url.username !== '' || url.password !== '') return [];
    if (isLoopback(url) && !server.isLoopback) return [];
    const isDowngrade = server.isSecure && scheme === 'http';
    return [
      {
        baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
        headers: { ...withoutKey(endpoint.headers ?? {}), ...tokenHeaders(isDowngrade ? null : token) },
        secretHeaders: [],
      },
    ];
  });
};

/** Kubernetes puts the address of a pod before the port as it is, and an IPv6 address needs brackets there. */
const withBrackets = (rest: string): string => {
  const [, host = '', port = ''] = /^([0-9a-f:.]+):(\d{1,5})(?=\/|$)/i.exec(rest) ?? [];
  return isIP(host) === 6 ? `[${host}]:${port}${rest.slice(host.length + port.length + 1)}` : rest;
};

/**
 * Whether what the server names is a gateway in front of all sandboxes and not the address of one: it is told there which sandbox is
 * meant, in a header, in the host name or in the path. Like the server's proxy, a gateway may take every request as a reason to move the
 * deadline.
 */
export const isGateway = ({ endpoint, headers }: WireEndpoint, sandboxId: string): boolean =>
  [endpoint, ...Object.values(headers ?? {})].some((text) => text.toLowerCase().includes(sandboxId.toLowerCase()));

/**
 * execd through the server's proxy. It is put together from the address the person gave, because the one that the
 * server names can lack its port or a path prefix; so it always has the origin that the key is bound to.
 */
export const proxyAddress = (
  server: ServerAddress,
  sandboxId: string,
  headers: Readonly<Record<string, string>>,
  secretHeaders: readonly SecretHeaders[],
  token: string | null,
): ExecdAddress => ({
  baseUrl: `${server.baseUrl}${apiPath`/v1/sandboxes/${sandboxId}/proxy/${execdPort}`}`,
  headers: { ...withoutKey(headers), ...tokenHeaders(token) },
  secretHeaders,
});

/** The same place for requests that only watch, through the proxy or a gateway. */
export const watchingAddress = (address: ExecdAddress): ExecdAddress => ({
  ...address,
  headers: { ...address.headers, ...noAccess },
});

const tokenHeaders = (token: string | null): Readonly<Record<string, string>> =>
  token === null ? {} : { [tokenHeader]: token };

/** Whatever an answer says, the key travels only as a header bound to the server. */
const withoutKey = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== apiKeyHeader.toLowerCase()));
