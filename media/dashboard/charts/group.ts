import type { Course, Mark } from '../../../src/model/dashboard/parts.ts';
import { type SignalName, signalNames } from '../../../src/model/signal.ts';
import { element, setHidden } from '../dom.ts';
import { Frame } from '../frame.ts';
import { scaleSpan, type TimeSpan, zoomSpan } from '../lib/time-axis.ts';
import { type Colours, onThemeChange, readColours } from '../theme.ts';
import { type ChartHost, CourseChart } from './chart.ts';
import { Timeline } from './timeline.ts';

const least = 220;
/** The line on the left of a chart that tells its level (`.chart` in charts.css). */
const borderPx = 3;

/** All charts of a page over one time axis, with the timeline below: they are zoomed, pointed at and drawn together. */
export class ChartGroup {
  readonly node: HTMLElement;
  readonly resetButton: HTMLButtonElement;
  readonly #charts = new Map<SignalName, CourseChart>();
  readonly #stack = element('div', { class: 'charts' });
  readonly #timeline: Timeline;
  readonly #empty = element('p', { class: 'empty' });
  readonly #frame = new Frame(() => this.#draw());
  readonly #host: ChartHost;
  readonly #span: () => TimeSpan;
  readonly #nowMs: () => number;
  readonly #said: (text: string) => void;
  #openTables: ReadonlySet<string>;
  readonly #keepTables: (open: readonly string[]) => void;
  #colours: Colours = readColours();
  #marks: readonly Mark[] = [];
  #zoomed: TimeSpan | null = null;
  #pointedAtMs: number | null = null;
  #width = 0;

  constructor(options: {
    /** What is shown while nothing is zoomed. */
    readonly span: () => TimeSpan;
    readonly nowMs: () => number;
    readonly tables: readonly string[];
    readonly keepTables: (open: readonly string[]) => void;
    /** Reads a text out to those who move the cursor with the keyboard. */
    readonly said: (text: string) => void;
  }) {
    this.#span = options.span;
    this.#nowMs = options.nowMs;
    this.#said = options.said;
    this.#openTables = new Set(options.tables);
    this.#keepTables = options.keepTables;
    this.resetButton = element(
      'button',
      { class: 'secondary', attributes: { type: 'button' }, title: 'Escape', onClick: () => this.resetZoom() },
      'Reset zoom',
    );
    this.resetButton.hidden = true;
    this.#timeline = new Timeline((open) => this.#tableToggled('timeline', open));
    this.#timeline.open = this.#openTables.has('timeline');
    this.#empty.hidden = true;
    this.node = element('div', { class: 'chart-group' }, this.#empty, this.#stack, this.#timeline.node);
    this.#host = {
      colours: () => this.#colours,
      marks: () => this.#marks,
      nowMs: this.#nowMs,
      zoom: (aMs, bMs) => this.#zoom(zoomSpan(aMs, bMs)),
      resetZoom: () => this.resetZoom(),
      pointed: (atMs) => this.#point(atMs),
      key: (event, chart) => this.#key(event, chart),
      tableToggled: (signal, open) => this.#tableToggled(signal, open),
      syncKey: 'page',
    };
    new ResizeObserver(() => this.#resize()).observe(this.#stack);
    onThemeChange(() => {
      this.#colours = readColours();
      for (const chart of this.#charts.values()) chart.retheme();
    });
  }

  /** The chart of a signal; made when it is asked for first, in the order of signals. */
  chart(signal: SignalName, word: string, unit: Course['unit']): CourseChart {
    const known = this.#charts.get(signal);
    if (known !== undefined) return known;
    const chart = new CourseChart(this.#host, signal, word, unit);
    this.#charts.set(signal, chart);
    chart.table.open = this.#openTables.has(signal);
    const after = signalNames.slice(signalNames.indexOf(signal) + 1);
    const next = after.map((name) => this.#charts.get(name)?.node).find((node) => node !== undefined) ?? null;
    this.#stack.insertBefore(chart.node, next);
    chart.resize(this.#width);
    return chart;
  }

  get charts(): Iterable<CourseChart> {
    return this.#charts.values();
  }

  /** The earliest reading there is, epoch milliseconds; infinite when there is none. */
  get firstAtMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { ring } of this.#charts.values()) if (ring.length > 0) first = Math.min(first, ring.timeAt(0));
    return first;
  }

  setMarks(marks: readonly Mark[]): void {
    this.#marks = marks;
  }

  /** Words in the place of charts that are not there. */
  setEmpty(text: string): void {
    setHidden(this.#empty, text === '');
    this.#empty.textContent = text;
  }

  /** Asks for a picture; all that is asked for until then is drawn in one. */
  request(): void {
    this.#frame.request();
  }

  get zoomed(): boolean {
    return this.#zoomed !== null;
  }

  resetZoom(): void {
    this.#zoom(null);
  }

  #zoom(span: TimeSpan | null): void {
    this.#zoomed = span;
    setHidden(this.resetButton, span === null);
    this.request();
  }

  get #shown(): TimeSpan {
    return this.#zoomed ?? this.#span();
  }

  #draw(): void {
    const span = this.#shown;
    for (const chart of this.#charts.values()) chart.draw(span);
    this.#timeline.draw(this.#marks, span, this.#nowMs(), this.#pointedAtMs);
  }

  #point(atMs: number | null): void {
    if (this.#pointedAtMs === atMs) return;
    this.#pointedAtMs = atMs;
    for (const chart of this.#charts.values()) chart.point(atMs);
    this.#timeline.draw(this.#marks, this.#shown, this.#nowMs(), atMs);
  }

  #resize(): void {
    const width = Math.max(least, this.#stack.clientWidth - borderPx);
    if (width === this.#width) return;
    this.#width = width;
    for (const chart of this.#charts.values()) chart.resize(width);
    this.request();
  }

  #tableToggled(name: string, open: boolean): void {
    const tables = new Set(this.#openTables);
    if (open) tables.add(name);
    else tables.delete(name);
    this.#openTables = tables;
    this.#keepTables([...tables]);
    this.request();
  }

  /** Arrows move the cursor from reading to reading, plus and minus zoom, Escape takes both back. */
  #key(event: KeyboardEvent, chart: CourseChart): void {
    const { ring } = chart;
    if (event.altKey || event.ctrlKey || event.metaKey || ring.length === 0) return;
    const span = this.#shown;
    const first = Math.min(ring.firstFrom(span.fromMs), ring.length - 1);
    const last = Math.max(first, Math.min(ring.firstFrom(span.toMs), ring.length) - 1);
    const at = this.#pointedAtMs === null ? null : ring.nearest(this.#pointedAtMs);
    const step = event.shiftKey ? 10 : 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: at === null ? last : at - step,
      ArrowRight: at === null ? first : at + step,
      Home: first,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      const index = Math.min(last, Math.max(first, target));
      chart.moveCursor(ring.timeAt(index));
      this.#point(ring.timeAt(index));
      this.#said(chart.words);
    } else if (event.key === '+' || event.key === '=') this.#zoom(scaleSpan(span, 0.5));
    else if (event.key === '-') this.#zoom(scaleSpan(span, 2));
    else if (event.key === 'Escape') {
      this.#point(null);
      this.resetZoom();
    } else return;
    event.preventDefault();
  }
}
