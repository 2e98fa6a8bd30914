import type { FleetRow } from '../../src/model/dashboard/fleet-page.ts';
import type { FleetColumn } from '../../src/model/dashboard/state.ts';
import { formatClock, formatDuration, formatMoment, formatPercent } from '../../src/model/format.ts';
import { element, KeyedList, setAttribute, setHidden, setText, setTitle, setVariant } from './dom.ts';
import type { Host } from './host.ts';
import { badgeView, icon, setIcon } from './icons.ts';
import { firstWay, type Sort } from './lib/fleet-order.ts';
import { sparkPath } from './lib/spark.ts';
import { endsText, endsTitle } from './lib/words.ts';

const svg = 'http://www.w3.org/2000/svg';
const sparkWidth = 72;
const sparkHeight = 18;
/** How long the order is left alone after somebody moved in the table: what is aimed at must not run away. */
const restMs = 5_000;
/** Rows this far out of sight are written at once, as if they were in sight. */
const nearbyPx = 300;
/** Of those farther away so many are written with every picture, so that one who reads on finds nothing old. */
const farRows = 8;

const heads: readonly { readonly column: FleetColumn | null; readonly text: string; readonly className: string }[] = [
  { column: 'name', text: 'Name', className: 'c-name' },
  { column: 'state', text: 'State', className: 'c-state' },
  { column: 'ends', text: 'Ends first', className: 'c-ends' },
  { column: null, text: 'Pressure', className: 'c-spark' },
  { column: 'memory', text: 'Memory', className: 'c-number' },
  { column: 'cpu', text: 'CPU', className: 'c-number' },
  { column: 'errors', text: 'Errors/min', className: 'c-number' },
  { column: 'age', text: 'Age', className: 'c-number' },
  { column: 'expiry', text: 'Time left', className: 'c-number' },
  { column: 'owner', text: 'Owner', className: 'c-owner' },
];

// The rows are laid out as grids, which takes the meaning of a table from the elements: it is said in roles.
const group = { role: 'rowgroup' };
const cell = (className: string, ...children: readonly Node[]): HTMLElement =>
  element('td', { class: className, attributes: { role: 'cell' } }, ...children);

/** The table of all sandboxes. A row is made once; of a row that changed only the cells that differ are written. */
export class FleetTable {
  readonly node: HTMLElement;
  readonly #body = element('tbody', { attributes: group });
  readonly #list: KeyedList<FleetRow>;
  readonly #host: Host;
  readonly #heads = new Map<FleetColumn, { readonly cell: HTMLElement; readonly arrow: SVGSVGElement }>();
  readonly #sight: IntersectionObserver;
  readonly #inSight = new Set<Element>();
  /** What is still to be written into rows that are out of sight, oldest first. */
  readonly #late = new Map<Element, () => void>();
  #movedAtMs = Number.NEGATIVE_INFINITY;
  #focused: string | null = null;

  constructor(host: Host, sorted: (sort: Sort) => void) {
    this.#host = host;
    const cells = heads.map(({ column, text, className }) => {
      const cell = element('th', { class: className, attributes: { role: 'columnheader' } });
      if (column === null) cell.append(text);
      else {
        const arrow = icon('down');
        cell.append(
          element(
            'button',
            { class: 'sort', attributes: { type: 'button' }, onClick: () => sorted(this.#next(column)) },
            text,
            arrow,
          ),
        );
        this.#heads.set(column, { cell, arrow });
      }
      return cell;
    });
    this.node = element(
      'table',
      { class: 'fleet', attributes: { role: 'table', 'aria-label': 'All sandboxes' } },
      element('thead', { attributes: group }, element('tr', { attributes: { role: 'row' } }, ...cells)),
      this.#body,
    );
    this.#list = new KeyedList(
      this.#body,
      ({ id }) => id,
      (row) => this.#makeRow(row),
    );
    this.#sight = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: `${nearbyPx}px` });
    const moved = (): void => {
      this.#movedAtMs = performance.now();
    };
    this.#body.addEventListener('pointermove', moved, { passive: true });
    this.#body.addEventListener('keydown', (event) => {
      moved();
      this.#key(event);
    });
  }

  #sort: Sort = { column: 'ends', descending: false };

  /** A second click on a column turns it round. */
  #next(column: FleetColumn): Sort {
    return this.#sort.column === column ? { column, descending: !this.#sort.descending } : firstWay(column);
  }

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        this.#inSight.add(target);
        this.#late.get(target)?.();
        this.#late.delete(target);
      } else this.#inSight.delete(target);
    }
  }

  #writeSomeLate(): void {
    let left = farRows;
    for (const [node, write] of this.#late) {
      if (left === 0) return;
      left -= 1;
      this.#late.delete(node);
      if (node.isConnected) write();
    }
  }

  /** Whether rows may change places now. */
  get atRest(): boolean {
    return performance.now() - this.#movedAtMs > restMs;
  }

  /** The order was asked for: it is shown at once. */
  setSort(sort: Sort): void {
    this.#sort = sort;
    this.#movedAtMs = Number.NEGATIVE_INFINITY;
    for (const [column, { cell, arrow }] of this.#heads) {
      const mine = column === sort.column;
      setAttribute(cell, 'aria-sort', mine ? (sort.descending ? 'descending' : 'ascending') : null);
      arrow.classList.toggle('absent', !mine);
      setIcon(arrow, sort.descending ? 'down' : 'up');
    }
  }

  /** @param rows in order. */
  show(rows: readonly FleetRow[]): void {
    if (this.#focused === null || !rows.some(({ id }) => id === this.#focused)) this.#focused = rows[0]?.id ?? null;
    const held = document.activeElement;
    this.#list.show(rows);
    this.#writeSomeLate();
    // Moving a row takes the focus away from it.
    if (held instanceof HTMLElement && held !== document.activeElement && this.#body.contains(held)) held.focus();
  }

  get order(): readonly string[] {
    return this.#list.keys;
  }

  #key(event: KeyboardEvent): void {
    const { keys } = this.#list;
    const at = keys.indexOf(this.#focused ?? '');
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: keys.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const id = keys[Math.min(keys.length - 1, Math.max(0, target))];
    const button = id === undefined ? null : this.#list.node(id)?.querySelector<HTMLElement>('.name-button');
    if (!button) return;
    this.#body.querySelector('.name-button[tabindex="0"]')?.setAttribute('tabindex', '-1');
    this.#focused = id ?? null;
    button.tabIndex = 0;
    button.focus();
  }

  #makeRow(first: FleetRow): { node: HTMLElement; update: (row: FleetRow) => void; removed: () => void } {
    const host = this.#host;
    const { id } = first;
    const name = element('button', {
      class: 'link name-button',
      attributes: { type: 'button', tabindex: '-1' },
      onClick: () => host.run('openDashboard', id),
    });
    name.addEventListener('focus', () => {
      this.#focused = id;
    });
    const current = element('span', { class: 'current' }, 'current');
    const phase = badgeView();
    const level = icon('check');
    const ends = element('span', { class: 'ends-text' });
    let incidentId: string | null = null;
    const endsButton = element('button', {
      class: 'link',
      attributes: { type: 'button' },
      onClick: () => {
        if (incidentId !== null) host.run('showIncident', incidentId);
      },
    });
    const endsCell = cell('c-ends', level, ends, endsButton);
    const spark = document.createElementNS(svg, 'svg');
    spark.setAttribute('class', 'spark');
    spark.setAttribute('viewBox', `0 0 ${sparkWidth} ${sparkHeight}`);
    spark.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(svg, 'path');
    const area = document.createElementNS(svg, 'path');
    area.setAttribute('class', 'spark-area');
    spark.append(area, line);
    const sparkText = element('span', { class: 'hidden-text' });
    const sparkCell = cell('c-spark', spark, sparkText);
    const memory = cell('c-number');
    const cpu = cell('c-number');
    const errors = cell('c-number');
    const age = cell('c-number');
    const expiry = cell('c-number');
    const owner = cell('c-owner');
    const node = element(
      'tr',
      { attributes: { role: 'row' } },
      element('th', { class: 'c-name', attributes: { role: 'rowheader' } }, name, current),
      cell('c-state', phase.node),
      endsCell,
      sparkCell,
      memory,
      cpu,
      errors,
      age,
      expiry,
      owner,
    );
    let shown: FleetRow | null = null;
    const write = (row: FleetRow): void => {
      shown = row;
      ({ incidentId } = row);
      setText(name, row.name);
      setTitle(name, `${row.name} (${row.id})`);
      setHidden(current, !row.current);
      const ailing = row.health === 'degraded' || row.health === 'failing';
      const tone = row.health === 'failing' ? 'bad' : 'watch';
      phase.show(ailing ? { word: row.health, icon: 'warning', tone } : row.phase);
      const loud = !row.ended && row.level.tone !== 'good';
      setVariant(
        endsCell,
        'tone',
        loud ? row.level.tone : row.ended || !row.live || row.ends === null ? 'muted' : 'plain',
      );
      level.classList.toggle('absent', !loud);
      setIcon(level, row.level.icon);
      setHidden(endsButton, incidentId === null || !row.ended);
      setHidden(ends, incidentId !== null && row.ended);
      const path = sparkPath(row.spark, sparkWidth, sparkHeight);
      setAttribute(line, 'd', path);
      setAttribute(area, 'd', path === '' ? '' : `${path}V${sparkHeight}H0z`);
      setVariant(spark, 'tone', loud ? row.level.tone : 'plain');
      setTitle(sparkCell, row.sparkWord);
      const latest = row.spark.at(-1);
      setText(sparkText, latest === undefined ? '' : `${row.sparkWord} ${formatPercent(latest)}`);
      setText(memory, row.memory === null ? '–' : formatPercent(row.memory));
      setTitle(memory, row.ended ? '' : row.memoryText);
      setText(cpu, row.cpu === null ? '–' : formatPercent(row.cpu));
      setText(
        errors,
        row.ended || row.health === '' ? '–' : row.errorsPerMinute === 0 ? '0' : row.errorsPerMinute.toFixed(1),
      );
      errors.classList.toggle('tone-bad', row.errorsPerMinute > 0);
      setText(owner, row.owner);
      setTitle(owner, row.owner);
    };
    const writeTimes = (row: FleetRow, nowMs: number): void => {
      const text = endsText(row, nowMs);
      setText(row.ended && row.incidentId !== null ? endsButton : ends, text + loudWord(row));
      setTitle(endsCell, endsTitle(row, nowMs));
      setText(age, row.createdAtMs === null ? '–' : formatDuration((row.endedAtMs ?? nowMs) - row.createdAtMs));
      setText(expiry, row.expiresAtMs === null ? '–' : formatDuration(Math.max(0, row.expiresAtMs - nowMs)));
      setTitle(age, row.createdAtMs === null ? '' : `created ${formatMoment(row.createdAtMs)}`);
      setTitle(expiry, row.expiresAtMs === null ? '' : `until ${formatClock(row.expiresAtMs)}`);
    };
    const writeAll = (row: FleetRow): void => {
      if (row !== shown) write(row);
      writeTimes(row, host.now());
      const tab = this.#focused === id ? 0 : -1;
      if (name.tabIndex !== tab) name.tabIndex = tab;
    };
    this.#sight.observe(node);
    return {
      node,
      update: (row) => {
        if (shown === null || this.#inSight.has(node)) writeAll(row);
        else this.#late.set(node, () => writeAll(row));
      },
      removed: () => {
        this.#sight.unobserve(node);
        this.#inSight.delete(node);
        this.#late.delete(node);
      },
    };
  }
}

/** So that no colour stands alone. */
const loudWord = (row: FleetRow): string =>
  !row.ended && (row.level.tone === 'warn' || row.level.tone === 'bad') ? `, ${row.level.word}` : '';
