import uPlot from 'uplot';
import type { Course, Mark } from '../../../src/model/dashboard/parts.ts';
import type { SignalState } from '../../../src/model/dashboard/sandbox-page.ts';
import { formatClock, formatClockSeconds, formatPercent } from '../../../src/model/format.ts';
import { element, setAttribute, setHidden, setText, setVariant } from '../dom.ts';
import { badgeView } from '../icons.ts';
import { amountText, tickText, useText } from '../lib/amounts.ts';
import { courseSummary, peakText } from '../lib/course-table.ts';
import { fanShape } from '../lib/fan.ts';
import { emptyPlot, fillPlot } from '../lib/plot-data.ts';
import { Ring } from '../lib/ring.ts';
import { ticksOf, type ValueRange, valueRange } from '../lib/scale.ts';
import { type TimeSpan, timeSteps } from '../lib/time-axis.ts';
import { type Colours, faded } from '../theme.ts';
import { CourseTable } from './course-table.ts';
import { drawFan, drawFuture, drawMarks } from './overlays.ts';

/** Room for the numbers beside and the times below; the timeline below the charts keeps to the same. */
export const plotLeft = 68;
/** Half of the widest label of the time axis, `00:00:00`, stands here when it is the last one. */
export const plotRight = 28;
const heightPx = 142;
const describeEveryMs = 5_000;
/** A reading farther away than this, and than a hundredth of what is shown, is not what is pointed at. */
const farMs = 15_000;

/** What the charts of a page have in common. */
export interface ChartHost {
  readonly colours: () => Colours;
  /** Marks on all charts. */
  readonly marks: () => readonly Mark[];
  /** The present, or the end of what is shown. */
  readonly nowMs: () => number;
  /** A part of the time was chosen with the mouse. */
  readonly zoom: (aMs: number, bMs: number) => void;
  readonly resetZoom: () => void;
  /** The mouse or the keyboard points at a time; null when it does not. */
  readonly pointed: (atMs: number | null) => void;
  readonly key: (event: KeyboardEvent, chart: CourseChart) => void;
  readonly tableToggled: (signal: string, open: boolean) => void;
  readonly syncKey: string;
}

/** One signal over time: its line, its limit, its forecast, and a table of the same. It is made once and then only drawn. */
export class CourseChart {
  readonly signal: Course['signal'];
  readonly node: HTMLElement;
  readonly ring = new Ring();
  readonly table: CourseTable;
  readonly #host: ChartHost;
  readonly #unit: Course['unit'];
  readonly #word: string;
  readonly #plot: uPlot;
  readonly #data = emptyPlot();
  readonly #place: HTMLElement;
  /** What is drawn, and the same in words and as a table. */
  readonly #picture: HTMLElement;
  readonly #use: HTMLElement;
  readonly #coming: HTMLElement;
  readonly #readout: HTMLElement;
  readonly #above: HTMLElement;
  readonly #level = badgeView();
  #state: SignalState | null = null;
  #range: ValueRange | null = null;
  #span: TimeSpan = { fromMs: 0, toMs: 1 };
  #describedAtMs = Number.NEGATIVE_INFINITY;
  /** What is said was said before the first reading. */
  #describedEmpty = false;
  #pointedAtMs: number | null = null;

  constructor(host: ChartHost, signal: Course['signal'], word: string, unit: Course['unit']) {
    this.#host = host;
    this.signal = signal;
    this.#word = word;
    this.#unit = unit;
    this.#use = element('span', { class: 'chart-use' });
    this.#coming = element('span', { class: 'chart-coming' });
    this.#readout = element('span', { class: 'chart-readout', attributes: { 'aria-hidden': 'true' } });
    this.#above = element('span', { class: 'chart-above' });
    this.table = new CourseTable(word, unit, (open) => host.tableToggled(signal, open));
    const id = `chart-${signal}`;
    this.#place = element('div', {
      class: 'plot',
      attributes: { tabindex: '0', role: 'group', 'aria-roledescription': 'chart', 'aria-labelledby': `${id}-text` },
    });
    const summary = element('p', { class: 'hidden-text', attributes: { id: `${id}-text` } });
    this.#picture = element('div', {}, this.#place, summary, this.table.node);
    this.node = element(
      'section',
      { class: 'chart', attributes: { 'data-signal': signal, 'aria-labelledby': `${id}-name` } },
      element(
        'header',
        { class: 'chart-head' },
        element('h2', { attributes: { id: `${id}-name` } }, word),
        this.#use,
        this.#level.node,
        this.#coming,
        this.#readout,
        this.table.button,
      ),
      this.#picture,
    );
    this.#plot = new uPlot(this.#options(), [[], [], []], this.#place);
    this.#place.append(this.#above);
    this.#place.addEventListener('keydown', (event) => host.key(event, this));
    this.#place.addEventListener('blur', () => host.pointed(null));
  }

  #options(): uPlot.Options {
    const { colours } = this.#host;
    const lineColour = (): string => this.#lineColour();
    return {
      width: 400,
      height: heightPx,
      ms: 1,
      padding: [6, plotRight, 0, 0],
      legend: { show: false },
      scales: { x: { time: true, auto: false }, y: { range: () => [0, this.#range?.max ?? 1] } },
      cursor: {
        y: false,
        sync: { key: this.#host.syncKey, setSeries: false, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false, dist: 5 },
        hover: { skip: [null, undefined] },
        points: { size: 7, width: 1.5, stroke: () => colours().background, fill: () => lineColour() },
        bind: {
          dblclick: () => () => {
            this.#host.resetZoom();
            return null;
          },
        },
      },
      axes: [
        {
          stroke: () => colours().muted,
          font: colours().font,
          grid: { stroke: () => colours().grid, width: 1 },
          ticks: { show: false },
          size: 24,
          gap: 6,
          space: 90,
          incrs: [...timeSteps],
          values: (_chart, splits, _axis, _space, step) =>
            splits.map((at) => (step < 60_000 ? formatClockSeconds(at) : formatClock(at))),
        },
        {
          stroke: () => colours().muted,
          font: colours().font,
          grid: { stroke: () => colours().grid, width: 1 },
          ticks: { show: false },
          size: plotLeft,
          gap: 8,
          splits: (_chart, _axis, _min, max) => [...ticksOf(max, this.#unit, 4)],
          values: (_chart, splits) => splits.map((at) => tickText(at, this.#unit)),
        },
      ],
      series: [
        {},
        {
          stroke: lineColour,
          width: colours().strong ? 2.2 : 1.6,
          fill: () => faded(lineColour(), colours().strong ? 0 : 10),
          points: { show: false },
        },
        {
          stroke: () => colours().limit,
          width: colours().strong ? 2 : 1.2,
          dash: [6, 4],
          points: { show: false },
          ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        },
      ],
      hooks: {
        drawClear: [(chart) => drawFuture(chart, this.#host.nowMs(), colours())],
        draw: [
          (chart) => {
            drawMarks(chart, this.#host.marks(), colours());
            const fan = fanShape(this.#state, this.#span.toMs);
            if (fan !== null) drawFan(chart, fan, this.#fanColour(), colours());
          },
        ],
        setSelect: [
          (chart) => {
            const { left, width } = chart.select;
            if (width < 5) return;
            const [aMs, bMs] = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            this.#host.zoom(aMs, bMs);
          },
        ],
        setCursor: [
          (chart) => {
            const { left, event } = chart.cursor;
            // Only the chart under the mouse tells the page; those that follow it have no event of their own.
            if (!event || left === undefined) return;
            this.#host.pointed(left < 0 ? null : chart.posToVal(left, 'x'));
          },
        ],
      },
    };
  }

  #lineColour(): string {
    return this.#host.colours().line;
  }

  #fanColour(): string {
    const colours = this.#host.colours();
    const tone = this.#state?.level.tone;
    return tone === 'bad' ? colours.bad : tone === 'warn' ? colours.warn : colours.line;
  }

  /** Shows the signal as it is now. */
  show(state: SignalState | null): void {
    this.#state = state;
    const loud = state?.level.tone === 'warn' || state?.level.tone === 'bad';
    setVariant(this.node, 'level', loud ? (state?.level.tone ?? 'plain') : 'plain');
    setHidden(this.#level.node, !loud);
    if (state !== null) this.#level.show(state.level);
    setText(this.#use, this.#useText());
    setText(this.#coming, state?.comingText ?? '');
    setAttribute(this.#coming, 'title', state?.evidence ?? null);
    this.#showParts();
  }

  /** Nothing was ever measured of it, and nothing is said of it now. */
  get isEmpty(): boolean {
    return this.ring.length === 0 && this.#state === null;
  }

  /** What has no readings, as the silence of an agent, is a line of words without a picture. */
  #showParts(): void {
    const unmeasured = this.ring.length === 0;
    setHidden(this.node, this.isEmpty);
    setHidden(this.#picture, unmeasured);
    setHidden(this.table.button, unmeasured);
  }

  #useText(): string {
    const { ring } = this;
    if (this.#state !== null) {
      const { used, limit, pressure, unit, useText: words } = this.#state;
      if (words !== null) return words;
      const amount = amountText(used, unit);
      return limit === null || pressure === null
        ? `${amount}, no limit`
        : `${amount} · ${formatPercent(pressure)} of ${amountText(limit, unit)}`;
    }
    return peakText(ring, this.#span, this.#unit);
  }

  /** Draws what lies between two times. */
  draw(span: TimeSpan): void {
    this.#span = span;
    this.#showParts();
    const { ring } = this;
    const data = this.#data;
    const largest = fillPlot(ring, span.fromMs, span.toMs, data);
    const limit = this.#state === null ? (ring.length === 0 ? null : ring.limitAt(ring.length - 1)) : this.#state.limit;
    const coming = fanShape(this.#state, span.toMs) !== null;
    this.#range = valueRange(largest, limit, this.#unit, this.#range, coming);
    if (limit !== null && data.times.length > 0 && this.#state !== null) {
      // The limit holds in the future, too, as far as one knows.
      data.times.push(span.toMs);
      data.used.push(null);
      data.limit.push(limit);
    }
    const above = this.#range.limitAbove && limit !== null ? `limit ${amountText(limit, this.#unit)} ↑` : '';
    setText(this.#above, above);
    this.#plot.batch(() => {
      this.#plot.setData([data.times, data.used, data.limit], false);
      this.#plot.setScale('x', { min: span.fromMs, max: span.toMs });
    });
    const nowMs = this.#host.nowMs();
    this.table.fill(ring, span, nowMs);
    if (this.#state === null) setText(this.#use, this.#useText());
    const isFirst = this.#describedEmpty && ring.length > 0;
    if (isFirst || performance.now() - this.#describedAtMs > describeEveryMs) this.#describe();
    this.point(this.#pointedAtMs);
  }

  #describe(): void {
    this.#describedAtMs = performance.now();
    this.#describedEmpty = this.ring.length === 0;
    const text = courseSummary(this.#word, this.ring, this.#span, this.#unit, this.#state?.comingText ?? null);
    const place = this.node.querySelector('.hidden-text');
    if (place !== null) setText(place, text);
  }

  /** Shows the reading at a time in words; null: none. */
  point(atMs: number | null): void {
    this.#pointedAtMs = atMs;
    const at = atMs === null ? null : this.#readingAt(atMs);
    setHidden(this.#coming, at !== null);
    setText(
      this.#readout,
      at === null
        ? ''
        : `${formatClockSeconds(this.ring.timeAt(at))}  ${useText(this.ring.usedAt(at), this.ring.limitAt(at), this.#unit)}`,
    );
  }

  /** The reading at a time; null where nothing was measured. */
  #readingAt(atMs: number): number | null {
    const at = this.ring.nearest(atMs);
    const { fromMs, toMs } = this.#span;
    return at !== null && Math.abs(this.ring.timeAt(at) - atMs) <= Math.max(farMs, (toMs - fromMs) / 100) ? at : null;
  }

  /** Moves the cursor of this chart, and with it that of the others, to a reading. */
  moveCursor(atMs: number): void {
    this.#plot.setCursor({ left: this.#plot.valToPos(atMs, 'x'), top: heightPx / 2 }, true);
  }

  get words(): string {
    return this.#readout.textContent ?? '';
  }

  resize(width: number): void {
    if (width > 0 && this.#plot.width !== width) this.#plot.setSize({ width, height: heightPx });
  }

  /** The colours are of another theme now. */
  retheme(): void {
    this.#plot.redraw(false, true);
  }

  destroy(): void {
    this.#plot.destroy();
    this.node.remove();
  }
}
