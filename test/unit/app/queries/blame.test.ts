import { describe, expect, it } from 'vitest';
import { blameOfCommand, blameOfIncident, blameOfPattern, isFailure } from '../../../../src/app/queries/blame.ts';
import { catalogue } from '../../../../src/diagnosis/catalogue/catalogue.ts';
import { incidentCauses } from '../../../../src/model/incident.ts';
import { patternFacts } from '../../../../src/monitor/pattern-facts.ts';
import { anIncident } from '../../../integration/history/makers.ts';

describe('who is to blame', () => {
  it('is said for every pattern but those of git, which are between people, and of what is deployed elsewhere', () => {
    const unsaid = catalogue.filter(({ slug }) => blameOfPattern(slug, patternFacts) === null);
    expect([...new Set(unsaid.map(({ category }) => category))]).toEqual(['git', 'deployment']);
  });

  it.each([
    ['disk-full', 'environment'],
    ['port-in-use', 'environment'],
    ['unhandled-panic', 'code'],
    ['ts-cannot-find-module', 'code'],
    ['dockerfile-missing', 'code'],
    ['apt-lock-held', 'environment'],
    ['git-merge-conflict', null],
    ['of-a-later-version', null],
    [null, null],
  ])('%s: %s', (pattern, blame) => {
    expect(blameOfPattern(pattern, patternFacts)).toBe(blame);
  });

  it.each([
    ['npm test', 'code'],
    ['npm run lint @web', 'code'],
    ['pnpm build', 'code'],
    ['g++', 'code'],
    ['cargo test', 'code'],
    ['npm ci', null],
    ['npm run tunnel', null],
    ['tscripter', null],
    ['(other)', null],
    [null, null],
  ])('of an unknown error of %s: %s', (commandKey, blame) => {
    expect(blameOfCommand(commandKey)).toBe(blame);
  });

  it('is not asked for ends that are none', () => {
    const failures = incidentCauses.filter((cause) => isFailure(anIncident('i', { cause }), () => false));
    expect(failures).toEqual(['crashed', 'out-of-memory', 'out-of-memory-child', 'start-failed', 'agent-down']);
    expect(isFailure(anIncident('i', { cause: 'expired' }), () => true)).toBe(true);
  });

  it('is the code where the main process crashed by itself', () => {
    const blame = (exitCode: number | null) => blameOfIncident(anIncident('i', { cause: 'crashed', exitCode }));
    expect([1, 139, 137, 143, null].map(blame)).toEqual(['code', 'code', null, null, null]);
    expect(blameOfIncident(anIncident('i'))).toBe('environment');
  });
});
