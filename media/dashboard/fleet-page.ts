import type { FleetRow, FleetServer } from '../../src/model/dashboard/fleet-page.ts';
import type { ToPage } from '../../src/model/dashboard/messages.ts';
import type { FleetColumn, PageState } from '../../src/model/dashboard/state.ts';
import { formatBytes } from '../../src/model/format.ts';
import { element, KeyedList, setAttribute, setHidden, setText, setTitle } from './dom.ts';
import { FleetNumbers } from './fleet-numbers.ts';
import { FleetTable } from './fleet-table.ts';
import { Frame } from './frame.ts';
import type { Host } from './host.ts';
import { badgeView, icon } from './icons.ts';
import { type FleetTotals, firstWay, matchesFilter, type Sort, sortRows, totalsOf } from './lib/fleet-order.ts';
import { Speech } from './lib/speech.ts';
import { plural } from './lib/words.ts';
import type { Page, PageParts } from './page.ts';

const quickSorts: readonly { readonly column: FleetColumn; readonly text: string }[] = [
  { column: 'ends', text: 'Ends first' },
  { column: 'memory', text: 'Memory-heavy' },
  { column: 'cpu', text: 'CPU-heavy' },
  { column: 'errors', text: 'Failing' },
];

/** The page of all sandboxes: who ends first and why, then the numbers over all of them. */
export class FleetPageView implements Page {
  readonly #parts: PageParts;
  readonly #table: FleetTable;
  readonly #numbers = new FleetNumbers();
  readonly #rows = new Map<string, FleetRow>();
  readonly #frame = new Frame(() => this.#draw());
  readonly #speech = new Speech(20_000);
  readonly #totals: Readonly<Record<keyof FleetTotals, HTMLElement>>;
  readonly #warningsName = element('span', {}, 'warnings');
  readonly #servers: KeyedList<FleetServer>;
  readonly #count = element('span', { class: 'item-note' });
  readonly #empty: HTMLElement;
  readonly #emptyText = element('p');
  readonly #connect: HTMLElement;
  readonly #quick: readonly HTMLButtonElement[];
  readonly #host: Host;
  #sort: Sort;
  #filter: string;
  #showEnded: boolean;
  #known = false;

  constructor(root: HTMLElement, host: Host, state: PageState, parts: PageParts) {
    this.#host = host;
    this.#parts = parts;
    this.#sort = state.sort;
    this.#filter = state.filter;
    this.#showEnded = state.showEnded;
    this.#table = new FleetTable(host, (sort) => this.#setSort(sort));
    const tile = (name: string): HTMLElement =>
      element('span', { class: 'figure', attributes: { 'data-total': name } });
    this.#totals = {
      running: tile('running'),
      warnings: tile('warnings'),
      critical: tile('critical'),
      failing: tile('failing'),
      resting: tile('resting'),
      ended: tile('ended'),
      measured: tile('measured'),
      memoryBytes: tile('memory'),
    };
    const named = (key: keyof FleetTotals, text: string | HTMLElement): HTMLElement =>
      element('div', { class: 'total' }, this.#totals[key], element('span', { class: 'figure-name' }, text));
    const servers = element('ul', { class: 'servers', attributes: { 'aria-label': 'Servers' } });
    this.#servers = new KeyedList(servers, ({ label }) => label, makeServer);
    const filter = element('input', {
      attributes: {
        type: 'search',
        placeholder: 'Filter by name, owner, state …',
        'aria-label': 'Filter sandboxes',
      },
    });
    filter.value = this.#filter;
    filter.addEventListener('input', () => {
      this.#filter = filter.value.slice(0, 200);
      parts.keep({ filter: this.#filter });
      this.#frame.request();
    });
    const ended = element('input', { attributes: { type: 'checkbox' } });
    ended.checked = this.#showEnded;
    ended.addEventListener('change', () => {
      this.#showEnded = ended.checked;
      parts.keep({ showEnded: this.#showEnded });
      this.#frame.request();
    });
    this.#quick = quickSorts.map(({ column, text }) =>
      element(
        'button',
        { attributes: { type: 'button', 'aria-pressed': 'false' }, onClick: () => this.#setSort(firstWay(column)) },
        text,
      ),
    );
    this.#connect = element(
      'button',
      { class: 'primary', attributes: { type: 'button' }, onClick: () => host.run('connect') },
      'Connect to a Server',
    );
    this.#empty = element('div', { class: 'empty-page' }, this.#emptyText, this.#connect);
    root.append(
      element(
        'header',
        { class: 'page-head' },
        element('div', { class: 'title-line' }, element('h1', {}, 'Sandboxes'), servers),
        element(
          'div',
          { class: 'tools' },
          element(
            'button',
            { class: 'secondary', attributes: { type: 'button' }, onClick: () => host.run('refresh') },
            'Refresh',
          ),
        ),
        element(
          'div',
          { class: 'totals' },
          named('running', 'running'),
          named('warnings', this.#warningsName),
          named('critical', 'critical'),
          named('failing', 'degraded or failing'),
          named('resting', 'at rest'),
          named('ended', 'ended'),
          named('memoryBytes', 'memory in use'),
        ),
      ),
      element(
        'div',
        { class: 'fleet-tools' },
        element('label', { class: 'filter' }, icon('search'), filter),
        element(
          'div',
          { class: 'segments', attributes: { role: 'group', 'aria-label': 'Bring to the top' } },
          ...this.#quick,
        ),
        element('label', { class: 'check' }, ended, 'Show ended'),
        this.#count,
      ),
      element('div', { class: 'fleet-scroll' }, this.#table.node),
      this.#empty,
      this.#numbers.node,
    );
    this.#showSort();
    this.#draw();
  }

  receive(message: ToPage): void {
    if (message.kind === 'fleet-stats') this.#numbers.show(message.stats);
    if (message.kind !== 'fleet') return;
    if (message.reset) this.#rows.clear();
    for (const row of message.rows) this.#rows.set(row.id, row);
    for (const id of message.removed) this.#rows.delete(id);
    this.#servers.show(message.servers);
    this.#known = true;
    setHidden(this.#connect, message.servers.length > 0);
    this.#frame.request();
  }

  /** Ages and times left go on. */
  tick(): void {
    this.#frame.request();
  }

  #setSort(sort: Sort): void {
    this.#sort = sort;
    this.#parts.keep({ sort });
    this.#showSort();
    this.#draw();
  }

  #showSort(): void {
    this.#table.setSort(this.#sort);
    this.#quick.forEach((button, index) => {
      const way = quickSorts[index];
      const chosen = way !== undefined && JSON.stringify(firstWay(way.column)) === JSON.stringify(this.#sort);
      setAttribute(button, 'aria-pressed', String(chosen));
    });
  }

  #draw(): void {
    const all = [...this.#rows.values()];
    const wanted = all.filter((row) => (this.#showEnded || !row.ended) && matchesFilter(row, this.#filter));
    this.#table.show(this.#table.atRest ? sortRows(wanted, this.#sort) : this.#inPlace(wanted));
    const totals = totalsOf(all);
    for (const key of Object.keys(this.#totals) as (keyof FleetTotals)[]) {
      setText(this.#totals[key], key === 'memoryBytes' ? formatBytes(totals[key]) : String(totals[key]));
    }
    setText(this.#warningsName, totals.warnings === 1 ? 'warning' : 'warnings');
    this.#totals.critical.classList.toggle('tone-bad', totals.critical > 0);
    this.#totals.warnings.classList.toggle('tone-warn', totals.warnings > 0);
    setText(
      this.#count,
      wanted.length === all.length ? '' : `${wanted.length} of ${plural(all.length, 'sandbox', 'sandboxes')}`,
    );
    this.#showEmpty(all.length, wanted.length);
    const summary = `${plural(totals.running, 'sandbox runs', 'sandboxes run')}, ${plural(totals.warnings + totals.critical, 'is', 'are')} about to break`;
    const said = this.#known ? this.#speech.next(summary, this.#host.now()) : null;
    if (said !== null) this.#parts.say(said);
  }

  /** The order as it is, with new rows at the end. */
  #inPlace(rows: readonly FleetRow[]): readonly FleetRow[] {
    const wanted = new Map(rows.map((row) => [row.id, row]));
    const before = this.#table.order.flatMap((id) => wanted.get(id) ?? []);
    const known = new Set(before);
    return [
      ...before,
      ...sortRows(
        rows.filter((row) => !known.has(row)),
        this.#sort,
      ),
    ];
  }

  #showEmpty(all: number, wanted: number): void {
    setHidden(this.#empty, wanted > 0);
    setHidden(this.#table.node, wanted === 0);
    const connected = this.#connect.hidden;
    setText(
      this.#emptyText,
      all > 0
        ? this.#filter.trim() === ''
          ? 'All sandboxes have ended, and those that ended are not shown.'
          : 'No sandbox fits the filter.'
        : !this.#known
          ? 'Waiting for the list of sandboxes …'
          : connected
            ? 'There is no sandbox. Start one, and it appears here.'
            : 'Not connected to any sandbox server.',
    );
    if (all > 0 || !this.#known) setHidden(this.#connect, true);
  }
}

function makeServer(): { node: HTMLElement; update: (server: FleetServer) => void } {
  const state = badgeView();
  const label = element('span');
  const node = element('li', {}, label, state.node);
  return {
    node,
    update: (server) => {
      setText(label, server.label);
      state.show(server.state);
      setTitle(node, server.text);
    },
  };
}
