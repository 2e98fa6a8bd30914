import { isOnlyFrom, type Taught, taughtBy } from '../own-peaks.ts';
import { parseHistogram } from '../peak-histogram.ts';
import { int, type Session, str, strOrNull } from './session.ts';

/** What this sandbox may have taught, or all but this. */
const taughtWhere = (session: Session, which: '=' | '<>', sandboxNo: number): Taught => {
  const of = (kind: string): string => `FROM records WHERE kind = '${kind}' AND sandbox ${which} ?`;
  const commands = session.all(`SELECT data ${of('command')}`, sandboxNo);
  const sandboxes = session.all(`SELECT data FROM sandboxes WHERE no ${which} ?`, sandboxNo);
  const ends = session.all(`SELECT at_ms ${of('incident')} AND ref IS NOT NULL`, sandboxNo);
  return taughtBy(
    commands.map((row) => str(row, 'data')),
    sandboxes.map((row) => strOrNull(row, 'data')),
    ends.map((row) => int(row, 'at_ms')),
  );
};

/** Removes the peaks that only this sandbox can have taught; before its rows are removed. */
export const removeOwnPeaks = (session: Session, sandboxNo: number): void => {
  const own = taughtWhere(session, '=', sandboxNo);
  let known: Taught | null = null;
  const others = (): Taught => {
    known ??= taughtWhere(session, '<>', sandboxNo);
    return known;
  };
  for (const row of session.all('SELECT command, data FROM peaks')) {
    const key = str(row, 'command');
    if (isOnlyFrom(own, others, key, () => parseHistogram(str(row, 'data')))) {
      session.run('DELETE FROM peaks WHERE command = ?', key);
    }
  }
};
