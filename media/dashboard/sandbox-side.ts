import type { FixButton, SandboxPage } from '../../src/model/dashboard/sandbox-page.ts';
import { formatBytes, formatClock, formatMoment } from '../../src/model/format.ts';
import { ActionList } from './actions.ts';
import { element, KeyedList, setAttribute, setHidden, setText, setTitle } from './dom.ts';
import type { Host } from './host.ts';
import { badgeView, icon } from './icons.ts';

type Items<Name extends keyof SandboxPage> = SandboxPage[Name] extends readonly (infer Item)[] ? Item : never;

const card = (title: string, ...children: Node[]): HTMLElement =>
  element('section', { class: 'card', attributes: { 'aria-label': title } }, element('h2', {}, title), ...children);

/** What stands beside the charts: why and what helps, which is urgent; errors, processes, what happened, facts. */
export class SandboxSide {
  readonly urgent: HTMLElement;
  readonly node: HTMLElement;
  readonly #evidence = element('p', { class: 'evidence' });
  readonly #why = card('Why', this.#evidence);
  readonly #noFix = element('p', { class: 'empty' });
  readonly #fixes: KeyedList<FixButton>;
  readonly #outcomes: KeyedList<Items<'outcomes'>>;
  readonly #errors: KeyedList<Items<'errors'>>;
  readonly #processes: KeyedList<Items<'processes'>>;
  readonly #incidents: KeyedList<Items<'incidents'>>;
  readonly #facts: KeyedList<Items<'facts'>>;
  readonly #cards: {
    readonly outcomes: HTMLElement;
    readonly errors: HTMLElement;
    readonly processes: HTMLElement;
    readonly incidents: HTMLElement;
  };

  constructor(host: Host) {
    const fixes = element('ul', { class: 'fixes' });
    this.#fixes = new KeyedList(
      fixes,
      ({ id, pid }) => `${id} ${pid ?? ''}`,
      (first) => fixRow(host, first),
    );
    const outcomes = element('ul', { class: 'plain-list' });
    this.#outcomes = new KeyedList(
      outcomes,
      ({ id }) => id,
      () => {
        const result = badgeView();
        const head = element('span', { class: 'item-title' });
        const text = element('p', { class: 'item-text' });
        const node = element('li', {}, element('div', { class: 'item-head' }, head, result.node), text);
        return {
          node,
          update: (each) => {
            setText(head, `${formatClock(each.atMs)}  ${each.title}`);
            result.show(each.result);
            setText(text, each.text);
          },
        };
      },
    );
    const errors = element('ul', { class: 'plain-list' });
    this.#errors = new KeyedList(
      errors,
      ({ fingerprint }) => fingerprint,
      () => {
        const title = element('span', { class: 'item-title' });
        const count = element('span', { class: 'item-note' });
        const text = element('p', { class: 'item-text' });
        const actions = new ActionList(host);
        let moreId: string | null = null;
        const more = element(
          'button',
          {
            class: 'link more',
            attributes: { type: 'button' },
            onClick: () => {
              if (moreId !== null) host.action(moreId);
            },
          },
          'More…',
        );
        const node = element('li', {}, element('div', { class: 'item-head' }, title, count), text, actions.node, more);
        return {
          node,
          update: (each) => {
            const solved = each.solvedAtMs === null ? '' : `, solved ${formatClock(each.solvedAtMs)}`;
            setText(title, each.title);
            setText(
              count,
              `${each.count > 1 ? `${each.count} ×, last ` : ''}${formatClock(each.lastSeenAtMs)}${solved}`,
            );
            setText(text, each.cause ?? '');
            setHidden(text, each.cause === null);
            actions.show(each.actions, each.title);
            ({ moreId } = each);
            setHidden(more, moreId === null);
            setAttribute(more, 'aria-label', `More… What helps: ${each.title}`);
          },
        };
      },
    );
    const processes = element('tbody');
    this.#processes = new KeyedList(
      processes,
      ({ pid }) => String(pid),
      () => {
        const name = element('span', { class: 'process-name' });
        const note = element('span', { class: 'item-note' });
        const pid = element('td', { class: 'number' });
        const size = element('td', { class: 'number' });
        return {
          node: element('tr', {}, element('th', { attributes: { scope: 'row' } }, name, note), pid, size),
          update: (each) => {
            setText(name, each.name);
            setTitle(name, each.name);
            setText(pid, String(each.pid));
            setText(size, formatBytes(each.rssBytes));
            setText(note, each.note);
            setHidden(note, each.note === '');
          },
        };
      },
    );
    const incidents = element('ul', { class: 'plain-list' });
    this.#incidents = new KeyedList(
      incidents,
      ({ id }) => id,
      ({ id }) => {
        const title = element('button', {
          class: 'link item-title',
          attributes: { type: 'button' },
          onClick: () => host.run('showIncident', id),
        });
        const when = element('span', { class: 'item-note' });
        const text = element('p', { class: 'item-text' });
        const node = element('li', {}, element('div', { class: 'item-head' }, title, when), text);
        return {
          node,
          update: (each) => {
            setText(title, each.title);
            setText(when, formatMoment(each.atMs));
            setText(text, each.text);
          },
        };
      },
    );
    const facts = element('dl', { class: 'facts' });
    this.#facts = new KeyedList(
      facts,
      ({ label }) => label,
      ({ label }) => {
        const value = element('dd');
        return {
          node: element('div', {}, element('dt', {}, label), value),
          update: ({ text }) => {
            setText(value, text);
            setTitle(value, text);
          },
        };
      },
    );
    const processTable = element(
      'table',
      { class: 'processes' },
      // The head is out of the flow, and with it what it would say of the widths.
      element('colgroup', {}, element('col', { class: 'process-column' }), element('col'), element('col')),
      element(
        'thead',
        { class: 'hidden-text' },
        element(
          'tr',
          {},
          ...['Name', 'Pid', 'Memory'].map((text) => element('th', { attributes: { scope: 'col' } }, text)),
        ),
      ),
      processes,
    );
    this.#cards = {
      outcomes: card('Fixes tried here', outcomes),
      errors: card('Errors', errors),
      processes: card('Largest processes', processTable),
      incidents: card('Incidents', incidents),
    };
    this.urgent = element('div', { class: 'urgent' }, this.#why, card('What helps', this.#noFix, fixes));
    this.node = element(
      'aside',
      { class: 'side', attributes: { 'aria-label': 'What is known of this sandbox' } },
      this.#cards.incidents,
      this.#cards.outcomes,
      this.#cards.errors,
      this.#cards.processes,
      card('Facts', facts),
    );
  }

  show(page: SandboxPage): void {
    setHidden(this.#why, page.evidence === null);
    setText(this.#evidence, page.evidence ?? '');
    setHidden(this.#noFix, page.fixes.length > 0);
    setText(this.#noFix, page.noFix);
    this.#fixes.show(page.fixes);
    this.#outcomes.show(page.outcomes);
    this.#errors.show(page.errors);
    this.#processes.show(page.processes);
    this.#incidents.show(page.incidents);
    this.#facts.show(page.facts);
    setHidden(this.#cards.outcomes, page.outcomes.length === 0);
    setHidden(this.#cards.errors, page.errors.length === 0);
    setHidden(this.#cards.processes, page.processes.length === 0);
    setHidden(this.#cards.incidents, page.incidents.length === 0);
  }
}

function fixRow(host: Host, { id, pid }: FixButton): { node: HTMLElement; update: (fix: FixButton) => void } {
  const title = element('span');
  const picture = icon('warning');
  const button = element(
    'button',
    { class: 'fix', attributes: { type: 'button' }, onClick: () => host.fix(id, pid) },
    picture,
    title,
  );
  const reason = element('p', { class: 'item-text' });
  const note = element('p', { class: 'item-note' });
  return {
    node: element('li', {}, button, reason, note),
    update: (fix) => {
      setText(title, fix.title);
      button.classList.toggle('destructive', fix.risk === 'destructive');
      picture.classList.toggle('absent', fix.risk !== 'destructive');
      setText(reason, fix.reason);
      setText(note, [fix.asks, fix.record ?? ''].filter(Boolean).join(' · '));
    },
  };
}
