import { Problem } from '../../model/problem.ts';
import { abortable } from '../../model/wait.ts';
import { bytesText, pathText, shortName } from '../format.ts';
import { cannotTell, type Fix, wrongPlan } from './fix.ts';
import { housekeepingOf } from './housekeeping.ts';
import { placeShort } from './room-check.ts';

/** Shows what fills the disk; what to remove of it only a person can know. */
export const showLargestFolders: Fix = {
  async plan(host) {
    housekeepingOf(host);
    return {
      title: 'Show the largest folders',
      risk: 'safe',
      steps: [`Add up the folders of ${shortName(host.sandbox().name)}; nothing is changed.`],
      losses: [],
      check: 'None: it only shows something.',
      parameters: { kind: 'showLargestFolders' },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'showLargestFolders') throw wrongPlan();
    run.progress('Looking for the largest folders');
    const place = placeShort(run.view());
    const found = await abortable(housekeepingOf(run).largest(place, run.signal), run.signal);
    const [first] = found.folders;
    if (first === undefined) throw new Problem('unavailable-here', 'No folder could be looked at.');
    run.hands?.showFolders?.(found);
    const most = found.folders.slice(0, 3).map(({ path, bytes }) => `${pathText(path)} ${bytesText(bytes)}`);
    const part = found.complete ? '' : ' Not everything could be looked at.';
    return cannotTell(`The largest folders: ${most.join(', ')}.${part} Nothing was changed.`);
  },
};
