import type { ServerResponse } from 'node:http';
import { sendError, sendJson, sendText } from './http.ts';
import type { Entry } from './registry.ts';
import type { Switches } from './switches.ts';
import { formatNano, formatTimestamp } from './timestamps.ts';

const never = '0001-01-01T00:00:00Z';
const kinds = ['logs', 'events', 'inspect', 'summary'] as const;

/** The kinds of diagnostics. */
export type DiagnosticsKind = (typeof kinds)[number];

/** Whether a text is a kind of diagnostics. */
export function isDiagnosticsKind(text: string): text is DiagnosticsKind {
  return kinds.some((kind) => kind === text);
}

const python = (value: boolean): string => (value ? 'True' : 'False');
const finished = (atMs: number): string => (atMs === 0 ? never : formatNano(atMs));

function logsText({ sandbox }: Entry, url: URL): string {
  const tail = Number(url.searchParams.get('tail') ?? 100) || 100;
  return sandbox.logLines.length === 0 ? '(no logs)' : `${sandbox.logLines.slice(-tail).join('\n')}\n`;
}

function eventsText({ sandbox }: Entry): string {
  const lines = [
    `Container:  ${sandbox.hostname} (sandbox-${sandbox.id})`,
    `Status:     ${sandbox.state}`,
    `Created:    ${formatNano(sandbox.createdAtMs)}`,
    `Started:    ${formatNano(sandbox.startedAtMs)}`,
  ];
  if (sandbox.finishedAtMs > 0) lines.push(`Finished:   ${finished(sandbox.finishedAtMs)}`);
  if (sandbox.wasOomKilled) lines.push('Event:      OOMKilled - container was killed due to out-of-memory');
  if (sandbox.exitCode !== 0) lines.push(`Event:      Exited with code ${sandbox.exitCode}`);
  return lines.join('\n');
}

function inspectText(entry: Entry): string {
  const { sandbox, execd, firstExpiresAtMs } = entry;
  const labels: Record<string, string> = { ...sandbox.metadata, 'opensandbox.io/id': sandbox.id };
  if (firstExpiresAtMs !== null) labels['opensandbox.io/expires-at'] = formatTimestamp(firstExpiresAtMs);
  const renewSeconds = sandbox.spec.extensions['access.renew.extend.seconds'];
  if (renewSeconds !== undefined) labels['opensandbox.io/access-renew-extend-seconds'] = renewSeconds;
  const isSecret = (name: string): boolean => /SECRET|TOKEN|PASSWORD|KEY/i.test(name);
  return [
    `Container ID:   ${sandbox.hostname}`,
    `Name:           sandbox-${sandbox.id}`,
    `Image:          ${sandbox.spec.imageUri ?? `opensandbox-snapshots:${sandbox.spec.snapshotId ?? ''}`}`,
    `Status:         ${sandbox.state}`,
    `Running:        ${python(sandbox.state !== 'exited')}`,
    `Paused:         ${python(sandbox.state === 'paused')}`,
    `OOMKilled:      ${python(sandbox.wasOomKilled)}`,
    `Exit Code:      ${sandbox.exitCode}`,
    `Started At:     ${formatNano(sandbox.startedAtMs)}`,
    `Finished At:    ${finished(sandbox.finishedAtMs)}`,
    '',
    'Resources:',
    ...(sandbox.cpuCores === null ? [] : [`  CPU:          ${sandbox.cpuCores.toFixed(2)} cores`]),
    ...(sandbox.memoryLimitBytes === null
      ? []
      : [`  Memory:       ${Math.floor(sandbox.memoryLimitBytes / 1024 ** 2)} MiB`]),
    `  PIDs Limit:   ${sandbox.pidsLimit}`,
    '',
    'Network:',
    '  bridge: 127.0.0.1',
    '',
    'Ports:',
    `  44772/tcp -> 127.0.0.1:${execd.port}`,
    '',
    'Labels:',
    ...Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `  ${name}=${value}`),
    '',
    'Environment:',
    ...Object.entries(sandbox.environment()).map(([name, value]) => `  ${name}=${isSecret(name) ? '***' : value}`),
  ].join('\n');
}

function summaryText(entry: Entry, url: URL): string {
  const wide = '='.repeat(72);
  const narrow = '-'.repeat(40);
  const block = (title: string, text: string): string[] => ['', narrow, title, narrow, text];
  return [
    wide,
    'SANDBOX DIAGNOSTICS SUMMARY',
    `Sandbox ID: ${entry.sandbox.id}`,
    wide,
    ...block('INSPECT', inspectText(entry)),
    ...block('EVENTS', eventsText(entry)),
    ...block(`LOGS (last ${url.searchParams.get('tail') ?? 50} lines)`, logsText(entry, url)),
    '',
  ].join('\n');
}

function contentOf(entry: Entry, kind: DiagnosticsKind, url: URL): string {
  if (kind === 'logs') return logsText(entry, url);
  if (kind === 'events') return eventsText(entry);
  return kind === 'inspect' ? inspectText(entry) : summaryText(entry, url);
}

/** Text without `scope`; with it 501, or the JSON descriptor of newer servers when the switch asks for that. */
export function sendDiagnostics(
  entry: Entry,
  kind: DiagnosticsKind,
  url: URL,
  response: ServerResponse,
  switches: Switches,
): void {
  const hasScope = kind === 'logs' || kind === 'events';
  const scope = url.searchParams.get('scope');
  if (!hasScope || scope === null) {
    sendText(response, 200, contentOf(entry, kind, url), hasScope ? { Deprecation: 'true' } : {});
  } else if (!switches.isOn('diagnosticsScope')) {
    const message = 'The stable Diagnostics API is not implemented by this OpenSandbox server.';
    sendError(response, 501, 'DIAGNOSTICS_NOT_IMPLEMENTED', message);
  } else if (!['sandbox', 'container', 'lifecycle'].includes(scope)) {
    sendError(response, 400, 'DIAGNOSTICS_SCOPE_UNSUPPORTED', `Scope '${scope}' is not supported for ${kind}.`);
  } else {
    const content = contentOf(entry, kind, url);
    const sandboxId = entry.sandbox.id;
    const contentType = 'text/plain; charset=utf-8';
    sendJson(response, 200, { sandboxId, kind, scope, delivery: 'inline', contentType, content, truncated: false });
  }
}
