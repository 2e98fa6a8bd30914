import type { Snapshot } from '../../model/ports.ts';
import { abortable } from '../../model/wait.ts';
import { shortName } from '../format.ts';
import { cannotTell, didNotWork, type Fix, type FixHost, type FixRun, need, worked, wrongPlan } from './fix.ts';

/** A name that every system accepts: letters, digits and hyphens, with the time to the minute in UTC. */
export const snapshotName = (host: FixHost): string => {
  const base = host
    .sandbox()
    .name.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30);
  const time = new Date(host.clock.now()).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `${base === '' ? 'sandbox' : base}-${time}`;
};

/** Takes a snapshot and waits until it is ready. */
export const takeSnapshot = async (run: FixRun, name: string): Promise<Snapshot> => {
  const snapshot = need(run, run.provider.actions.snapshot, 'take snapshots');
  run.changing(`Taking the snapshot ${name}`);
  const taken = await abortable(snapshot(run.sandbox().id, name, run.signal), run.signal);
  run.done(`The snapshot ${taken.name ?? taken.id} was taken and stays on the server.`);
  return taken;
};

export const saveSnapshot: Fix = {
  async plan(host) {
    need(host, host.provider.actions.snapshot, 'take snapshots');
    const name = snapshotName(host);
    return {
      title: 'Take a snapshot',
      risk: 'safe',
      steps: [
        `Ask ${host.provider.label} to save the files of ${shortName(host.sandbox().name)} as the snapshot ${name}.`,
        'Wait until it is ready; the sandbox may stand still while its files are copied.',
      ],
      losses: [],
      check: 'The server is asked until it calls the snapshot ready. Running processes and memory are not part of it.',
      parameters: { kind: 'snapshot', name },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'snapshot') throw wrongPlan();
    const startedAtMs = run.clock.now();
    const taken = await takeSnapshot(run, parameters.name);
    const label = taken.name ?? taken.id;
    const seconds = Math.max(0, Math.round((run.clock.now() - startedAtMs) / 1000));
    if (taken.state === 'ready') return worked(`The snapshot ${label} is ready after ${seconds} s.`);
    const why = taken.message === null ? '' : `: ${taken.message}`;
    return taken.state === 'failed'
      ? didNotWork(`The snapshot ${label} failed after ${seconds} s (${taken.rawState})${why}.`)
      : cannotTell(`After ${seconds} s the server calls the snapshot ${label} ${taken.rawState}, not ready${why}.`);
  },
};
