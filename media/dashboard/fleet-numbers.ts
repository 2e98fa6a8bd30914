import type { FleetStatsPage } from '../../src/model/dashboard/fleet-page.ts';
import { capital, formatDuration, formatPercent } from '../../src/model/format.ts';
import { bars } from './bars.ts';
import { element, setHidden, setText, setVariant } from './dom.ts';
import { grouped } from './lib/spark.ts';
import { clockText, plural } from './lib/words.ts';

const targetMs = 10_000;
const mostBars = 48;
const mostRows = 12;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
const took = (ms: number | null): string => (ms === null ? '–' : ms < 60_000 ? seconds(ms) : formatDuration(ms));

const card = (title: string, className: string, ...children: Node[]): HTMLElement =>
  element(
    'section',
    { class: `card ${className}`, attributes: { 'aria-label': title } },
    element('h2', {}, title),
    ...children,
  );

const table = (caption: string, heads: readonly string[], body: HTMLElement): HTMLElement =>
  element(
    'table',
    { class: 'list-table' },
    element('caption', { class: 'hidden-text' }, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...heads.map((text, index) =>
          element('th', { class: index === 0 ? '' : 'c-number', attributes: { scope: 'col' } }, text),
        ),
      ),
    ),
    body,
  );

const row = (first: Node | string, ...cells: readonly string[]): HTMLElement =>
  element(
    'tr',
    {},
    element('th', { attributes: { scope: 'row' } }, first),
    ...cells.map((text) => element('td', { class: 'c-number' }, text)),
  );

/** The numbers over all sandboxes, below the table: how they start, what is run in them, what fails. */
export class FleetNumbers {
  readonly node: HTMLElement;
  readonly #p50 = element('span', { class: 'figure' });
  readonly #p95 = element('span', { class: 'figure' });
  readonly #verdict = element('p', { class: 'item-text' });
  readonly #trend = bars('Median start in each hour; the line is the target of 10 s');
  readonly #starts = bars('Sandboxes started');
  readonly #startText = element('p', { class: 'item-text' });
  readonly #shares = element('div', { class: 'shares', attributes: { 'aria-hidden': 'true' } });
  readonly #shareText = element('ul', { class: 'legend' });
  readonly #editText = element('p', { class: 'item-text' });
  readonly #commands = element('tbody');
  readonly #patterns = element('tbody');
  readonly #commandTable = table(
    'Commands',
    ['Command', 'Runs', 'Failed', 'Median', 'P95', 'Tries in 5 min'],
    this.#commands,
  );
  readonly #patternTable = table('Kinds of failure', ['Failure', 'Times', 'Sandboxes'], this.#patterns);
  readonly #noCommands = element('p', { class: 'empty' }, 'No command was seen yet.');
  readonly #noPatterns = element('p', { class: 'empty' }, 'No failure was seen yet.');
  readonly #covers = element('p', { class: 'item-note' });
  #shown = '';

  constructor() {
    this.node = element(
      'div',
      { class: 'fleet-numbers' },
      card(
        'Time to start',
        'third',
        element(
          'div',
          { class: 'figures' },
          element('div', {}, this.#p50, element('span', { class: 'figure-name' }, 'median (P50)')),
          element('div', {}, this.#p95, element('span', { class: 'figure-name' }, 'P95')),
        ),
        this.#verdict,
        this.#trend.node,
      ),
      card('Starts', 'third', this.#startText, this.#starts.node),
      card('Failures', 'third', this.#shares, this.#shareText, this.#editText),
      card('Commands', 'half', this.#commandTable, this.#noCommands),
      card('Kinds of failure', 'half', this.#patternTable, this.#noPatterns),
      this.#covers,
    );
    this.node.hidden = true;
  }

  show(stats: FleetStatsPage | null): void {
    setHidden(this.node, stats === null);
    const text = JSON.stringify(stats);
    if (stats === null || text === this.#shown) return;
    this.#shown = text;
    this.#showStarts(stats);
    this.#showFailures(stats);
    this.#commands.replaceChildren(
      ...stats.commands
        .slice(0, mostRows)
        .map((one) =>
          row(
            element('code', { title: one.commandKey }, one.commandKey),
            String(one.runs),
            String(one.failed),
            took(one.medianMs),
            took(one.p95Ms),
            String(one.attemptsPer5Min),
          ),
        ),
    );
    setHidden(this.#noCommands, stats.commands.length > 0);
    setHidden(this.#commandTable, stats.commands.length === 0);
    this.#patterns.replaceChildren(
      ...stats.patterns.slice(0, mostRows).map((one) => {
        const by = one.byEnvironment === null ? '' : one.byEnvironment ? 'environment' : 'code';
        const whom = one.users.length === 0 ? '' : `met by ${one.users.join(', ')}`;
        const during = one.commands.length === 0 ? '' : `during ${one.commands.join(', ')}`;
        return row(
          element(
            'div',
            {},
            element('span', { class: 'item-title' }, capital(one.title)),
            element('p', { class: 'item-note' }, [by, whom, during].filter(Boolean).join(' · ')),
          ),
          String(one.count),
          String(one.sandboxes),
        );
      }),
    );
    setHidden(this.#noPatterns, stats.patterns.length > 0);
    setHidden(this.#patternTable, stats.patterns.length === 0);
    setText(this.#covers, `These numbers cover the last ${formatDuration(stats.untilMs - stats.sinceMs)}.`);
  }

  #showStarts(stats: FleetStatsPage): void {
    const { spinUp, spinUpPerHourMs, startsPer5Min, untilMs } = stats;
    setText(this.#p50, spinUp === null ? '–' : seconds(spinUp.p50Ms));
    setText(this.#p95, spinUp === null ? '–' : seconds(spinUp.p95Ms));
    setVariant(this.#p50, 'tone', spinUp === null ? 'muted' : spinUp.p50Ms <= targetMs ? 'good' : 'bad');
    setVariant(this.#p95, 'tone', spinUp === null ? 'muted' : spinUp.p95Ms <= targetMs ? 'good' : 'bad');
    setText(
      this.#verdict,
      spinUp === null
        ? 'How long a start takes was not seen yet.'
        : spinUp.p95Ms <= targetMs
          ? `Within the target of 10 s, over ${plural(spinUp.count, 'start')}.`
          : `P95 is over the target of 10 s by ${seconds(spinUp.p95Ms - targetMs)}, over ${plural(spinUp.count, 'start')}.`,
    );
    const hours = spinUpPerHourMs.map((_, index) => untilMs - (spinUpPerHourMs.length - 1 - index) * 3_600_000);
    const told = spinUpPerHourMs.some((value) => value !== null);
    this.#trend.show(
      told ? spinUpPerHourMs : [],
      spinUpPerHourMs.map(took),
      hours.map((atMs) => clockText(atMs, untilMs)),
      told ? targetMs : null,
    );
    const groups = grouped(startsPer5Min, mostBars);
    const groupMs = Math.max(1, Math.ceil(startsPer5Min.length / mostBars)) * 300_000;
    const total = startsPer5Min.reduce((sum, each) => sum + each, 0);
    const most = Math.max(0, ...startsPer5Min);
    setText(
      this.#startText,
      `${plural(startsPer5Min.at(-1) ?? 0, 'sandbox', 'sandboxes')} in the last 5 minutes; at most ${most} in any 5 minutes, ${total} in all.`,
    );
    this.#starts.show(
      total === 0 ? [] : groups,
      groups.map(String),
      groups.map((_, index) => clockText(untilMs - (groups.length - 1 - index) * groupMs, untilMs)),
    );
  }

  #showFailures({ failureShares, editToResult }: FleetStatsPage): void {
    const { count, environment, code, unknown } = failureShares;
    const parts = [
      { name: 'environment', share: environment, tone: 'warn' },
      { name: 'code', share: code, tone: 'watch' },
      { name: 'not known', share: unknown, tone: 'muted' },
    ];
    setHidden(this.#shares, count === 0);
    this.#shares.replaceChildren(
      ...parts
        .filter(({ share }) => share > 0)
        .map(({ share, tone }) => {
          const part = element('span', { class: `share tone-${tone}` });
          part.style.flexGrow = String(share);
          return part;
        }),
    );
    this.#shareText.replaceChildren(
      ...(count === 0
        ? [element('li', {}, 'No failure was seen yet.')]
        : parts.map(({ name, share, tone }) =>
            element('li', {}, element('span', { class: `swatch tone-${tone}` }), `${formatPercent(share)} ${name}`),
          )),
      ...(count === 0 ? [] : [element('li', { class: 'item-note' }, `of ${plural(count, 'failure')}`)]),
    );
    setText(
      this.#editText,
      editToResult === null
        ? 'From a saved edit to the result: not seen yet.'
        : `From a saved edit to the result: ${took(editToResult.p50Ms)} in the median, ${took(editToResult.p95Ms)} at P95 (${plural(editToResult.count, 'time')}).`,
    );
  }
}
