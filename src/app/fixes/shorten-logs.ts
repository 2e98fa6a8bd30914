import { keptLogBytes } from '../../model/fix.ts';
import { Problem } from '../../model/problem.ts';
import { abortable } from '../../model/wait.ts';
import { bytesText, pathText, shortName } from '../format.ts';
import { type Fix, wrongPlan } from './fix.ts';
import { housekeepingOf } from './housekeeping.ts';
import { checkRoom, placeShort, roomBefore, roomCheck } from './room-check.ts';

/** Cuts large log files down to their last lines, in place, and checks whether the disk has room then. */
export const shortenLogs: Fix = {
  async plan(host, { choices, signal }) {
    const place = placeShort(host.view(), 'disk');
    const logs = choices.logs ?? (await abortable(housekeepingOf(host).logs(place, signal), signal));
    if (logs.length === 0) {
      throw new Problem('conflict', 'No log file here is large enough to be shortened.', {
        nextStep: 'Show the largest folders to see what fills the disk.',
      });
    }
    const total = logs.reduce((sum, { bytes }) => sum + Math.max(0, bytes - keptLogBytes), 0);
    return {
      title: `Shorten logs (${bytesText(total)})`,
      risk: 'confirm',
      steps: logs.map(
        ({ path, bytes }) =>
          `Cut ${pathText(path)} (${bytesText(bytes)}) down to its last ${bytesText(keptLogBytes)}, inside ${shortName(host.sandbox().name)}.`,
      ),
      losses: [
        `All lines of ${logs.length === 1 ? 'this file' : 'these files'} before the last ${bytesText(keptLogBytes)}, and a line that is written in that moment.`,
      ],
      check: roomCheck('disk'),
      parameters: { kind: 'shortenLogs', logs },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'shortenLogs') throw wrongPlan();
    const housekeeping = housekeepingOf(run);
    const { logs } = parameters;
    const before = roomBefore(run.view(), 'disk');
    let removedBytes = 0;
    for (const log of logs) {
      run.changing(`Shortening ${pathText(log.path)}`);
      removedBytes += await abortable(housekeeping.shorten(log, run.signal), run.signal);
      run.done(`${pathText(log.path)} was shortened.`);
    }
    const planned = logs.reduce((sum, { bytes }) => sum + Math.max(0, bytes - keptLogBytes), 0);
    return checkRoom(run, 'disk', before, removedBytes, planned);
  },
};
