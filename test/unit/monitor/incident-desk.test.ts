import { describe, expect, it } from 'vitest';
import { Alarms } from '../../../src/monitor/alarms.ts';
import { alertPolicy } from '../../../src/monitor/alert-policy.ts';
import { BlackBox } from '../../../src/monitor/black-box.ts';
import type { EndFinding } from '../../../src/monitor/ends.ts';
import { IncidentDesk } from '../../../src/monitor/incident-desk.ts';
import { Journal } from '../../../src/monitor/journal.ts';
import { sandbox } from '../../helpers/views.ts';
import { id, risky, sampleAt, t0, wordOf } from './scene.ts';

const finding = (part: Partial<EndFinding> = {}): EndFinding => ({
  cause: 'out-of-memory',
  certainty: 'probable',
  exitCode: 137,
  text: 'It ran out of memory.',
  ...part,
});

/** A desk, and memory that is warned of from second 3 on. */
const desk = () => {
  const alarms = new Alarms(id, alertPolicy('balanced'));
  const box = new BlackBox();
  const journal = new Journal();
  for (let second = 1; second <= 10; second += 1) {
    const forecasts = [risky(0.7, { atMs: t0 + second * 1000 })];
    box.add(sampleAt(second, 0.9), forecasts);
    alarms.sample(sampleAt(second, 0.9), forecasts);
  }
  alarms.takeChanges();
  const incidents = new IncidentDesk({ alarms, box, journal });
  return { alarms, incidents, told: () => journal.drain().map(wordOf) };
};

const where = { sandbox: sandbox(), atMs: t0 + 90_000 };

describe('an incident', () => {
  it('holds what was known, and how long before it was warned of; the warning has broken', () => {
    const { alarms, incidents, told } = desk();
    const incident = incidents.open(finding(), where);
    expect(incident).toMatchObject({ endsSandbox: true, certainty: 'probable', warning: { outcome: 'broke' } });
    expect(incident.samples).toHaveLength(10);
    expect(incident.text).toMatch(/^It ran out of memory\. The warning came \d+ s before\.$/);
    expect(alarms.takeChanges().map(({ change }) => change)).toEqual(['broke']);
    expect(told()).toEqual(['incident out-of-memory probable']);
    expect([incidents.takeChanged(), incidents.takeChanged()]).toEqual([true, false]);
  });

  it('that does not end the sandbox leaves what else is warned of open', () => {
    const { alarms, incidents } = desk();
    expect(incidents.open(finding({ cause: 'agent-down' }), where)).toMatchObject({
      endsSandbox: false,
      warning: null,
    });
    expect(alarms.takeChanges()).toEqual([]);
    incidents.open(finding({ cause: 'exited' }), where);
    expect(alarms.takeChanges().map(({ change }) => change)).toEqual(['recovered']);
  });

  it('is corrected under its id, and not told again when nothing of it changed', () => {
    const { incidents, told } = desk();
    const before = incidents.open(finding(), where);
    told();
    incidents.takeChanged();
    incidents.correct(before.id, finding());
    expect([told(), incidents.takeChanged()]).toEqual([[], false]);
    incidents.correct(before.id, finding({ certainty: 'certain' }));
    expect(told()).toEqual(['incident out-of-memory certain']);
    expect(incidents.find(before.id)).toMatchObject({ certainty: 'certain', leadMs: before.leadMs });
    incidents.correct('another', finding());
    expect(told()).toEqual([]);
  });

  it('is taken back, and pushed out by twenty later ones', () => {
    const { incidents, told } = desk();
    const first = incidents.open(finding(), where);
    incidents.withdraw(first.id);
    expect(incidents.list).toEqual([]);
    expect(told().at(-1)).toBe('incident withdrawn');
    for (let second = 0; second < 25; second += 1) incidents.open(finding(), { ...where, atMs: t0 + second * 1000 });
    expect(incidents.list).toHaveLength(20);
    expect(incidents.list[0]?.atMs).toBe(t0 + 24_000);
  });

  it('that was found has one id, whenever that was', () => {
    const { incidents } = desk();
    const ids = [1000, 2000].map((ms) => incidents.open(finding(), { ...where, atMs: t0 + ms, found: true }).id);
    expect(new Set(ids).size).toBe(1);
  });
});
