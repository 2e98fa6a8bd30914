import type { CacheFolder } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import type { SandboxView } from '../../model/view.ts';
import { abortable } from '../../model/wait.ts';
import { bytesText, pathText, shortName } from '../format.ts';
import { type Fix, type FixHost, wrongPlan } from './fix.ts';
import { housekeepingOf } from './housekeeping.ts';
import { checkRoom, placeShort, type RoomOf, roomBefore, roomCheck, shortOf } from './room-check.ts';

const sumOf = (caches: readonly CacheFolder[]): number => caches.reduce((sum, { bytes }) => sum + bytes, 0);

/** What the caches make room in: those in memory free memory, and the others what their disk is short of. */
const roomFor = (caches: readonly CacheFolder[], view: SandboxView): RoomOf =>
  caches.length > 0 && caches.every(({ inMemory }) => inMemory) ? 'memory' : shortOf(view);

/** Against what comes: caches in memory while memory runs out, else those on the disk that fills up. */
const found = async (host: FixHost, signal: AbortSignal): Promise<readonly CacheFolder[]> => {
  const housekeeping = housekeepingOf(host);
  const view = host.view();
  const { leading } = view;
  const caches = await housekeeping.caches(placeShort(view), signal);
  const inMemory = caches.filter((cache) => cache.inMemory);
  if ((leading?.signal === 'memory' || leading?.signal === 'swap') && inMemory.length > 0) return inMemory;
  return caches.filter(({ elsewhere }) => elsewhere !== true);
};

/** Empties caches of known tools, which are made again when they are needed, and checks whether there is room then. */
export const clearCaches: Fix = {
  async plan(host, { choices, signal }) {
    const caches = choices.caches ?? (await abortable(found(host, signal), signal));
    if (caches.length === 0) {
      throw new Problem('conflict', 'The caches of the tools known here hold nothing worth clearing.', {
        nextStep: 'Show the largest folders to see what fills the disk.',
      });
    }
    const total = sumOf(caches);
    return {
      title: `Clear caches (${bytesText(total)})`,
      risk: 'confirm',
      steps: caches.map(
        ({ tool, path, bytes }) =>
          `Remove what is in ${pathText(path)} (${tool}, ${bytesText(bytes)}), inside ${shortName(host.sandbox().name)}.`,
      ),
      losses: ['The next build or installation takes longer, because it makes them again.'],
      check: roomCheck(roomFor(caches, host.view())),
      parameters: { kind: 'clearCaches', caches },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'clearCaches') throw wrongPlan();
    const housekeeping = housekeepingOf(run);
    const { caches } = parameters;
    const of = roomFor(caches, run.view());
    const before = roomBefore(run.view(), of);
    let removedBytes = 0;
    for (const cache of caches) {
      const name = `${cache.tool} (${pathText(cache.path)})`;
      run.changing(`Clearing ${name}`);
      const bytes = await abortable(housekeeping.clear(cache, run.signal), run.signal);
      removedBytes += bytes;
      run.done(`${bytesText(bytes)} of ${name} went.`);
    }
    return checkRoom(run, of, before, removedBytes, sumOf(caches));
  },
};
