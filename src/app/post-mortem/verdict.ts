import type { Incident } from '../../model/incident.ts';

/** What the monitor appends; the warning has a sentence of its own here. */
const leadSentence = /\s*The warning came [^.]{1,40} before\.$/;

/** @returns what ended it and how sure that is. */
export const verdictOf = ({ text, certainty }: Incident): string => {
  const said = text.replace(leadSentence, '').trim();
  const sentence = said === '' ? 'What happened was not noted.' : said;
  return certainty === 'certain'
    ? `${sentence} This is certain.`
    : `${sentence} This is the most probable reading; the facts allow another one.`;
};
