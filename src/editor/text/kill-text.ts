import type { Incident } from '../../model/incident.ts';

/** What is said of a process that the kernel killed: which, where it was started, and whether there was a warning. Plain text. */
export function killText(incident: Incident): string {
  const pid = Number(/\(pid (\d+)\)/.exec(incident.text)?.[1]);
  const startedIn = incident.samples
    .toReversed()
    .flatMap(({ processes }) => processes ?? [])
    .find((process) => process.pid === pid && process.startedIn !== undefined)?.startedIn;
  return [
    incident.text,
    ...(startedIn === undefined ? [] : [`It was started in ${startedIn}.`]),
    ...(incident.leadMs === null ? ['No warning came before it.'] : []),
  ].join(' ');
}
