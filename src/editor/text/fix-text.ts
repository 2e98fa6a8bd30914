import type { FixPlan } from '../../app/contracts.ts';
import type { FixOutcome } from '../../model/fix.ts';

/** Titles are "End node (pid 412)", "Pause api-tests", "Recreate with 512 MiB": the question names the sandbox once. */
function questionOf({ fixId, title }: FixPlan, sandboxName: string): string {
  if (title.includes(sandboxName)) return `${title}?`;
  return fixId === 'endProcess' ? `${title} in ${sandboxName}?` : `${sandboxName}: ${title}?`;
}

/** @returns the name of a fix that is to run in several sandboxes: "Delete", where the plan for the first is called "Delete job-131". */
export const titleOf = (plans: readonly { readonly plan: FixPlan; readonly name: string }[]): string => {
  const [first] = plans;
  if (!first) return '';
  return plans.length > 1 ? first.plan.title.replace(` ${first.name}`, '') : first.plan.title;
};

/** What a confirmation says about one or more plans for the same fix. */
export function planText(plans: readonly { readonly plan: FixPlan; readonly name: string }[]): {
  readonly question: string;
  readonly detail: string;
} {
  const [first] = plans;
  if (!first) return { question: '', detail: '' };
  const { plan } = first;
  const many = plans.length > 1;
  const detail = [
    ...(many ? [plans.map(({ name }) => name).join(', '), '', 'In each of them:'] : []),
    ...plan.steps.map((step, index) => `${index + 1}. ${step}`),
    ...(plan.losses.length === 0 ? [] : ['', 'Lost by this:', ...plan.losses.map((loss) => `• ${loss}`)]),
    '',
    `Check: ${plan.check}`,
  ];
  return {
    question: many ? `${titleOf(plans)}, in these ${plans.length} sandboxes?` : questionOf(plan, first.name),
    detail: detail.join('\n'),
  };
}

/** What is said when fixes are done; an empty text when the person cancelled and knows. */
export function outcomesText(
  title: string,
  outcomes: readonly FixOutcome[],
): { readonly text: string; readonly good: boolean } {
  const told = outcomes.filter(({ result }) => result !== 'cancelled');
  const good = told.every(({ result }) => result === 'worked' || result === 'cannot-tell');
  const [first] = told;
  if (!first) return { text: '', good };
  if (told.length === 1) return { text: `${title}: ${first.text}`, good };
  const worked = told.filter(({ result }) => result === 'worked').length;
  const bad = told.find(({ result }) => result === 'failed' || result === 'did-not-work');
  return {
    text: `${title}: worked in ${worked} of ${told.length} sandboxes.${bad ? ` For example: ${bad.text}` : ''}`,
    good,
  };
}
