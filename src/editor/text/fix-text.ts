import type { FixPlan } from '../../app/contracts.ts';
import { pathText, shortName } from '../../app/format.ts';
import { type FixOutcome, isPatternFixId } from '../../model/fix.ts';
import { fixTitles } from '../../model/fix-title.ts';

/** What a fix would do in one sandbox. */
export interface NamedPlan {
  readonly plan: FixPlan;
  readonly name: string;
}

/** Titles are "End node (pid 412)", "Pause api-tests", "Recreate with 512 MiB": the question names the sandbox once. */
function questionOf({ fixId, title }: FixPlan, name: string): string {
  if (title.includes(name)) return `${title}?`;
  return fixId === 'endProcess' ? `${title} in ${name}?` : `${name}: ${title}?`;
}

const isSame = (texts: readonly string[]): boolean => new Set(texts).size === 1;

/** @returns the name of a fix that is to run in several sandboxes: "Delete" for "Delete job-131" and "Delete job-132". */
export const titleOf = (plans: readonly NamedPlan[]): string => {
  const [first] = plans;
  if (!first) return '';
  const { fixId, title } = first.plan;
  if (plans.length === 1 || isPatternFixId(fixId)) return title;
  const isShared = isSame(plans.map(({ plan }) => plan.title)) && !title.endsWith(` ${shortName(first.name)}`);
  // What a title names or counts differs from one to the next.
  return isShared ? title : fixTitles[fixId];
};

const bodyOf = ({ steps, losses, check }: FixPlan): string =>
  [
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    ...(losses.length === 0 ? [] : ['', 'Lost by this:', ...losses.map((loss) => `• ${loss}`)]),
    '',
    `Check: ${check}`,
  ].join('\n');

/**
 * The text without the name of its own sandbox where that stands as a word, so that it can be compared with that of another one. A name
 * within a path or another name stays: it is no name of the sandbox there.
 */
const unnamed = (text: string, name: string): string => {
  const own = shortName(name);
  const isWord = (before: string, after: string): boolean => /(?:^|\s)$/.test(before) && /^[.,:;]?(?:\s|$)/.test(after);
  return text.split(own).reduce((all, part) => `${all}${isWord(all, part) ? 'the sandbox' : own}${part}`);
};

/** Plans that say the same stand together; what differs is shown for each, because one yes is given to all of it. */
const bodiesOf = (plans: readonly NamedPlan[]): string => {
  const groups = Map.groupBy(plans, ({ plan, name }) => unnamed(bodyOf(plan), name));
  return [...groups]
    .map(([shared, members]) => {
      const names = members.map(({ name }) => pathText(name));
      const [first] = members;
      const body = first === undefined || !isSame(names) ? shared : bodyOf(first.plan);
      if (groups.size === 1) return `${names.join(', ')}\n\nIn each of them:\n${body}`;
      return `${names.join(', ')}:\n${body}`;
    })
    .join('\n\n');
};

/** What a confirmation says about one or more plans for the same fix: everything that a yes would do. */
export function planText(plans: readonly NamedPlan[]): { readonly question: string; readonly detail: string } {
  const [first] = plans;
  if (!first) return { question: '', detail: '' };
  return plans.length > 1
    ? { question: `${titleOf(plans)}, in these ${plans.length} sandboxes?`, detail: bodiesOf(plans) }
    : { question: questionOf(first.plan, shortName(first.name)), detail: bodyOf(first.plan) };
}

/** "End node (pid 412)" before "node (pid 412) has ended: …" would only push the numbers out of a message of one line. */
const namesItself = (title: string, text: string): boolean => {
  const [, ...object] = title.split(' ');
  return object.length > 0 && text.startsWith(`${object.join(' ')} `);
};

/** What is said when fixes are done; an empty text when the person cancelled and knows. */
export function outcomesText(
  title: string,
  outcomes: readonly FixOutcome[],
): { readonly text: string; readonly good: boolean } {
  const told = outcomes.filter(({ result }) => result !== 'cancelled');
  const good = told.every(({ result }) => result === 'worked' || result === 'cannot-tell');
  const [first] = told;
  if (!first) return { text: '', good };
  if (told.length === 1) return { text: namesItself(title, first.text) ? first.text : `${title}: ${first.text}`, good };
  const worked = told.filter(({ result }) => result === 'worked').length;
  const bad = told.find(({ result }) => result === 'failed' || result === 'did-not-work');
  return {
    text: `${title}: worked in ${worked} of ${told.length} sandboxes.${bad ? ` For example: ${bad.text}` : ''}`,
    good,
  };
}
