import type { IncidentPage } from '../../src/model/dashboard/incident-page.ts';
import type { ToPage } from '../../src/model/dashboard/messages.ts';
import type { PageState } from '../../src/model/dashboard/state.ts';
import { formatBytes, formatClockSeconds, formatMoment } from '../../src/model/format.ts';
import { ActionList } from './actions.ts';
import { bars } from './bars.ts';
import { ChartGroup } from './charts/group.ts';
import { element, setHidden, setText, setVariant } from './dom.ts';
import type { Host } from './host.ts';
import { badgeView, icon } from './icons.ts';
import { plural } from './lib/words.ts';
import type { Page, PageParts } from './page.ts';

const dayMs = 86_400_000;

/** The post-mortem: what ended it and how sure we are, the last minutes, what would have helped, and whether it happened before. */
export class IncidentPageView implements Page {
  readonly #host: Host;
  readonly #group: ChartGroup;
  readonly #title = element('h1');
  readonly #cause = badgeView('badge strong');
  readonly #verdict = element('p', { class: 'verdict' });
  readonly #certainty = element('p', { class: 'item-note' });
  readonly #warned = element('p', { class: 'warned' });
  readonly #facts = element('dl', { class: 'facts' });
  readonly #advice = element('ol', { class: 'advice' });
  readonly #noAdvice = element('p', { class: 'empty' }, 'Nothing that is known would have prevented it.');
  readonly #before = element('div', { class: 'recurrences' });
  readonly #commands = element('tbody');
  readonly #commandCard: HTMLElement;
  readonly #diagnostics = element('pre');
  readonly #diagnosticsCard: HTMLElement;
  readonly #content: HTMLElement;
  readonly #missing = element('p', { class: 'empty-page' }, 'Reading what is remembered …');
  readonly #tools: HTMLElement;
  readonly #sandboxButton: HTMLElement;
  #page: IncidentPage | null = null;

  constructor(root: HTMLElement, host: Host, state: PageState, parts: PageParts) {
    this.#host = host;
    this.#group = new ChartGroup({
      span: () => ({ fromMs: this.#page?.fromMs ?? 0, toMs: this.#page?.toMs ?? 1 }),
      nowMs: () => this.#page?.atMs ?? 0,
      tables: state.tables,
      keepTables: (tables) => parts.keep({ tables }),
      said: parts.say,
    });
    const card = (title: string, ...children: Node[]): HTMLElement =>
      element('section', { class: 'card', attributes: { 'aria-label': title } }, element('h2', {}, title), ...children);
    this.#sandboxButton = element(
      'button',
      {
        class: 'secondary',
        attributes: { type: 'button' },
        onClick: () => {
          if (this.#page !== null) host.run('openDashboard', this.#page.sandboxId);
        },
      },
      'Open sandbox',
    );
    this.#tools = element(
      'div',
      { class: 'tools' },
      this.#group.resetButton,
      this.#sandboxButton,
      element(
        'button',
        { class: 'secondary with-icon', attributes: { type: 'button' }, onClick: () => this.#run('copyOwnerSummary') },
        icon('mail'),
        'Tell the owner',
      ),
      element(
        'button',
        { class: 'primary with-icon', attributes: { type: 'button' }, onClick: () => this.#run('exportPostMortem') },
        icon('export'),
        'Export as Markdown',
      ),
    );
    this.#tools.hidden = true;
    this.#commandCard = card(
      'Commands',
      element(
        'table',
        { class: 'list-table' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['Command', 'Started', 'Result', 'Peak'].map((text) =>
              element('th', { class: text === 'Peak' ? 'c-number' : '', attributes: { scope: 'col' } }, text),
            ),
          ),
        ),
        this.#commands,
      ),
    );
    this.#diagnosticsCard = element(
      'details',
      { class: 'card diagnostics' },
      element('summary', {}, 'Diagnostics of the server'),
      this.#diagnostics,
    );
    this.#content = element(
      'div',
      { class: 'sandbox-body' },
      element('div', { class: 'incident-main' }, this.#group.node, this.#commandCard, this.#diagnosticsCard),
      element(
        'aside',
        { class: 'side', attributes: { 'aria-label': 'What is known of it' } },
        card('What would have helped', this.#noAdvice, this.#advice),
        card('This happened before', this.#before),
        card('Facts', this.#facts),
      ),
    );
    this.#content.hidden = true;
    root.append(
      element(
        'header',
        { class: 'page-head' },
        element('div', { class: 'title-line' }, this.#title, this.#cause.node),
        this.#tools,
        this.#verdict,
        this.#certainty,
        this.#warned,
      ),
      this.#missing,
      this.#content,
    );
    this.#cause.node.hidden = true;
  }

  receive(message: ToPage): void {
    if (message.kind !== 'incident') return;
    this.#page = message.page;
    setHidden(this.#missing, message.page !== null);
    setHidden(this.#content, message.page === null);
    setHidden(this.#tools, message.page === null);
    if (message.page === null) setText(this.#missing, 'Nothing is remembered of this incident any more.');
    else this.#show(message.page);
  }

  tick(): void {
    // It is over: nothing changes with time.
  }

  #run(command: 'copyOwnerSummary' | 'exportPostMortem'): void {
    if (this.#page !== null) this.#host.run(command, this.#page.incidentId);
  }

  #show(page: IncidentPage): void {
    setText(this.#title, `${page.sandboxName}: ${page.title.charAt(0).toLowerCase()}${page.title.slice(1)}`);
    setHidden(this.#cause.node, false);
    this.#cause.show(page.cause);
    setText(this.#verdict, page.verdict);
    setText(this.#certainty, [formatMoment(page.atMs), page.certainty].filter(Boolean).join(' · '));
    setText(this.#warned, page.warningText);
    setHidden(this.#sandboxButton, !page.sandboxKnown);
    for (const { signal, word, unit, timesMs, used, limit } of page.courses) {
      const chart = this.#group.chart(signal, word, unit);
      chart.ring.clear();
      timesMs.forEach((atMs, index) => {
        chart.ring.push(atMs, used[index] ?? 0, limit[index] ?? null);
      });
      chart.show(null);
    }
    this.#group.setEmpty(page.courses.length === 0 ? 'No measurements were kept of the time before it.' : '');
    this.#group.setMarks(page.marks);
    this.#group.request();
    this.#showSide(page);
    this.#showCommands(page);
    setHidden(this.#diagnosticsCard, page.diagnostics === null);
    setText(this.#diagnostics, page.diagnostics ?? '');
  }

  #showSide(page: IncidentPage): void {
    this.#facts.replaceChildren(
      ...page.facts.map(({ label, text }) =>
        element('div', {}, element('dt', {}, label), element('dd', { title: text }, text)),
      ),
    );
    setHidden(this.#noAdvice, page.advice.length > 0);
    this.#advice.replaceChildren(
      ...page.advice.map(({ text, actions }) => {
        const list = new ActionList(this.#host);
        list.show(actions, text);
        return element('li', {}, text, list.node);
      }),
    );
    this.#before.replaceChildren(
      ...(page.recurrences.length === 0
        ? [element('p', { class: 'empty' }, 'It is the first of its kind that is remembered.')]
        : page.recurrences.map((each) => this.#recurrence(each, page.atMs))),
    );
  }

  #recurrence(one: IncidentPage['recurrences'][number], atMs: number): HTMLElement {
    const row = (where: string, perDay: readonly number[]): HTMLElement => {
      const days = bars(`${where}, by day up to the incident`, 'short');
      days.show(
        perDay,
        perDay.map((count) => plural(count, 'time')),
        perDay.map((_, index) => formatMoment(atMs - (perDay.length - 1 - index) * dayMs).slice(5, 10)),
      );
      return days.node;
    };
    return element(
      'article',
      {},
      element(
        'div',
        { class: 'item-head' },
        element('span', { class: 'item-title' }, one.title),
        element('span', { class: 'item-note' }, one.kind),
      ),
      element('p', { class: 'item-text' }, `${one.often}; first ${formatMoment(one.firstAtMs).slice(0, 16)}.`),
      ...(one.who === '' ? [] : [element('p', { class: 'item-note' }, one.who)]),
      ...(one.here === null ? [] : [row(`In ${one.here.workspace}`, one.here.perDay)]),
      row('In all', one.perDay),
      element('ul', { class: 'helped' }, ...one.helped.map((text) => element('li', {}, text))),
    );
  }

  #showCommands(page: IncidentPage): void {
    setHidden(this.#commandCard, page.commands.length === 0);
    this.#commands.replaceChildren(
      ...page.commands.map((run) => {
        const result = badgeView();
        result.show(run.result);
        setVariant(result.node, 'tone', run.result.tone);
        return element(
          'tr',
          {},
          element('th', { attributes: { scope: 'row' } }, element('code', {}, run.commandKey)),
          element('td', {}, formatClockSeconds(run.startedAtMs)),
          element('td', {}, result.node),
          element('td', { class: 'c-number' }, run.peakBytes === null ? '–' : formatBytes(run.peakBytes)),
        );
      }),
    );
  }
}
