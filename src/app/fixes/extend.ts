import { Problem } from '../../model/problem.ts';
import { abortable } from '../../model/wait.ts';
import { durationText, shortName } from '../format.ts';
import { cannotTell, didNotWork, type Fix, type FixHost, need, worked, wrongPlan } from './fix.ts';

const defaultExtensionMs = 30 * 60_000;

const deadline = (host: FixHost): number => {
  const { expiry, name } = host.sandbox();
  if (expiry === null) throw new Problem('conflict', `${shortName(name)} has no deadline that could be moved.`);
  return expiry.expiresAtMs;
};

/** Moves the deadline to a later time; never to an earlier one. */
export const extend: Fix = {
  async plan(host, { choices }) {
    need(host, host.provider.actions.renew, 'move a deadline');
    const previousExpiresAtMs = deadline(host);
    const byMs = choices.extendByMs ?? defaultExtensionMs;
    if (!(byMs > 0)) throw new Problem('invalid-request', 'The time to add must be more than nothing.');
    const expiresAtMs = Math.max(previousExpiresAtMs, host.clock.now()) + byMs;
    const name = shortName(host.sandbox().name);
    return {
      title: `Extend by ${durationText(byMs)}`,
      risk: 'safe',
      steps: [
        `Ask ${host.provider.label} to end ${name} at ${host.formatTime(expiresAtMs)} instead of ${host.formatTime(previousExpiresAtMs)}.`,
      ],
      losses: [],
      check: 'The server is asked again whether it now reports the later deadline.',
      parameters: { kind: 'extend', expiresAtMs, previousExpiresAtMs },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'extend') throw wrongPlan();
    const renew = need(run, run.provider.actions.renew, 'move a deadline');
    const { id } = run.sandbox();
    const beforeMs = deadline(run);
    const wantedMs = parameters.expiresAtMs;
    if (wantedMs <= beforeMs) {
      throw new Problem('conflict', `It already ends later than that, at ${run.formatTime(beforeMs)}.`);
    }
    run.changing(`Moving the deadline to ${run.formatTime(wantedMs)}`);
    await abortable(renew(id, wantedMs, run.signal), run.signal);
    run.done(`The server accepted ${run.formatTime(wantedMs)} as the new deadline.`);
    run.progress('Checking the deadline');
    const seen = await run.look(run.signal);
    if (seen === 'gone') return didNotWork('The server accepted the new deadline, but the sandbox is gone.');
    const reportedMs = seen?.expiry?.expiresAtMs ?? null;
    if (reportedMs === null) {
      return cannotTell(
        `The server accepted ${run.formatTime(wantedMs)}, but did not name the deadline when it was asked again.`,
      );
    }
    if (reportedMs <= beforeMs) {
      return didNotWork(`The server still reports ${run.formatTime(reportedMs)} as the deadline.`);
    }
    // Some servers cap the time; a second of rounding is none.
    const capped = reportedMs < wantedMs - 1000 ? `, earlier than the ${run.formatTime(wantedMs)} asked for` : '';
    return worked(
      `It now ends at ${run.formatTime(reportedMs)}, ${durationText(reportedMs - beforeMs)} later${capped}.`,
    );
  },
};
