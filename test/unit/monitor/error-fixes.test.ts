import { describe, expect, it } from 'vitest';
import { fixIds, isPatternFixId } from '../../../src/model/fix.ts';
import { argvIn, type ErrorClue, errorFixes } from '../../../src/monitor/error-fixes.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';

const port = everyRecord.find(({ slug }) => slug === 'port-in-use') ?? null;
const clue = (part: Partial<ErrorClue> = {}): ErrorClue => ({
  fingerprint: 'v1/port-in-use/0123456789ab',
  record: port,
  parameters: { port: '3000' },
  commandLine: 'npm start',
  cwd: null,
  place: null,
  ...part,
});
const ids = (of: ErrorClue): readonly string[] => errorFixes(of).map(({ fixId }) => fixId);

describe('the fixes of an error', () => {
  it('are those of the catalogue, in its order, with values as arguments', () => {
    const [first] = errorFixes(clue());
    expect(first).toMatchObject({ pattern: 'port-in-use', does: 'command', cwd: null, repeats: false });
    expect(first?.argv?.slice(0, 2)).toEqual(['sh', '-c']);
    expect(first?.argv).toContain('3000');
    expect(first?.argv?.[2]).not.toContain('3000');
  });

  it('leave out what needs a value nobody knows', () => {
    const withPort = ids(clue());
    const without = ids(clue({ parameters: {} }));
    expect(without.length).toBeLessThan(withPort.length);
    expect(without.some((id) => id.endsWith('/find-port-owner'))).toBe(false);
  });

  it('leave out what is of another tool, and repeat the command only where the fix of its tool does', () => {
    const record = everyRecord.findLast(({ slug }) => slug === 'integrity-mismatch') ?? null;
    const fixesOf = (commandLine: string) =>
      errorFixes(clue({ record, commandLine, parameters: {} }))
        .filter(({ does }) => does === 'command')
        .map(({ fixId, text, repeats }) => [fixId.slice(fixId.lastIndexOf('/') + 1), text, repeats]);
    const again = (commandLine: string) => ['run-again', commandLine, true];
    expect(fixesOf('npm ci')).toEqual([['verify-cache', 'npm cache verify; npm ci', false], again('npm ci')]);
    expect(fixesOf('pip install x')).toEqual([
      ['verify-cache', 'pip cache purge; pip install x', true],
      ['clear-pip-cache', 'pip cache purge', false],
      again('pip install x'),
    ]);
    expect(fixesOf('brew install x')).toEqual([again('brew install x')]);
  });

  it('end with running it again and a page to read', () => {
    const all = errorFixes(clue({ cwd: '/srv/app' }));
    expect(all.at(-1)).toMatchObject({ does: 'link', text: port?.documentation });
    const again = all.find(({ fixId }) => fixId === 'pattern/port-in-use/run-again');
    expect(again).toMatchObject({ repeats: true, risk: 'confirm', text: 'npm start' });
    expect(again?.argv).toEqual(argvIn(['sh', '-c', 'npm start'], '/srv/app'));
  });

  it('of an unknown error are its place and running it again', () => {
    const place = { path: 'src/a.ts', line: 3, column: null };
    const unknown = clue({ record: null, fingerprint: 'v1/unknown/0123456789ab', place });
    expect(ids(unknown)).toEqual(['pattern/unknown/open-place', 'pattern/unknown/run-again']);
    expect(ids({ ...unknown, place: null, commandLine: ' ' })).toEqual([]);
  });

  it('have ids outcomes can be remembered under, all over the catalogue', () => {
    for (const record of everyRecord) {
      const fixes = errorFixes(clue({ record, parameters: {} }));
      for (const { fixId, does, action, argv } of fixes) {
        expect(isPatternFixId(fixId), fixId).toBe(true);
        expect(does === 'action').toBe(action !== null);
        expect(does === 'command').toBe(argv !== null);
      }
      expect(new Set(fixes.map(({ fixId }) => fixId)).size, record.slug).toBe(fixes.length);
    }
    for (const id of fixIds) expect(isPatternFixId(id)).toBe(false);
  });

  it('run in the folder the command ran in', () => {
    expect(argvIn(['ls'], null)).toEqual(['ls']);
    expect(argvIn(['ls', '-l'], '/a b')).toEqual([
      'sh',
      '-c',
      'cd -- "$1" || exit 125; shift; exec "$@"',
      'foresight',
      '/a b',
      'ls',
      '-l',
    ]);
  });
});
