import type uPlot from 'uplot';
import type { Mark } from '../../../src/model/dashboard/parts.ts';
import { formatClock } from '../../../src/model/format.ts';
import type { FanShape, Point } from '../lib/fan.ts';
import { type Colours, faded } from '../theme.ts';

/** What is drawn on a chart besides its lines. */

type Context = CanvasRenderingContext2D;

const onPlot = (chart: uPlot, draw: (context: Context, pixel: number) => void): void => {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx, devicePixelRatio);
  ctx.restore();
};

/** The future is a shade lighter than the past, with a line between them. */
export const drawFuture = (chart: uPlot, nowMs: number, colours: Colours): void => {
  const { max } = chart.scales['x'] ?? {};
  if (max === undefined || nowMs >= max) return;
  onPlot(chart, (context, pixel) => {
    const { bbox } = chart;
    const left = chart.valToPos(nowMs, 'x', true);
    context.fillStyle = faded(colours.text, 4);
    context.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
    context.strokeStyle = faded(colours.text, colours.strong ? 100 : 30);
    context.lineWidth = pixel;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(Math.round(left) + 0.5, bbox.top);
    context.lineTo(Math.round(left) + 0.5, bbox.top + bbox.height);
    context.stroke();
  });
};

const trace = (chart: uPlot, context: Context, points: readonly Point[]): void => {
  context.beginPath();
  points.forEach(({ atMs, value }, index) => {
    const x = chart.valToPos(atMs, 'x', true);
    const y = chart.valToPos(value, 'y', true);
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
};

/** The forecast: the area between the earliest and the latest way to the limit, the way in the middle, and the moment of the limit. */
export const drawFan = (chart: uPlot, fan: FanShape, colour: string, colours: Colours): void => {
  onPlot(chart, (context, pixel) => {
    trace(chart, context, fan.area);
    context.closePath();
    context.fillStyle = faded(colour, colours.strong ? 30 : 18);
    context.fill();
    if (colours.strong) {
      context.strokeStyle = colour;
      context.lineWidth = pixel;
      context.setLineDash([]);
      context.stroke();
    }
    trace(chart, context, fan.middle);
    context.strokeStyle = colour;
    context.lineWidth = 1.5 * pixel;
    context.setLineDash([4 * pixel, 3 * pixel]);
    context.stroke();
    context.setLineDash([]);
    drawMoment(chart, context, fan, colour, colours, pixel);
  });
};

function drawMoment(
  chart: uPlot,
  context: Context,
  fan: FanShape,
  colour: string,
  colours: Colours,
  pixel: number,
): void {
  const { bbox } = chart;
  const x = chart.valToPos(fan.limitAtMs, 'x', true);
  if (x > bbox.left + bbox.width) return;
  const y = chart.valToPos(fan.limit, 'y', true);
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 3.5 * pixel, 0, 2 * Math.PI);
  context.fill();
  context.font = colours.font.replace(/^[\d.]+/, (size) => String(Number(size) * pixel));
  context.textBaseline = 'top';
  context.textAlign = 'left';
  const text = formatClock(fan.limitAtMs);
  const width = context.measureText(text).width;
  const left = Math.min(x - width / 2, bbox.left + bbox.width - width - 2 * pixel);
  context.fillStyle = faded(colours.background, 80);
  context.fillRect(left - 2 * pixel, y + 6 * pixel, width + 4 * pixel, 14 * pixel);
  context.fillStyle = colours.text;
  context.fillText(text, left, y + 8 * pixel);
}

const shown = ['error', 'break', 'command', 'fix'] as const;

/** Where something happened: a thin line for a command, one with a foot for an error, a fix or a break. */
export const drawMarks = (chart: uPlot, marks: readonly Mark[], colours: Colours): void => {
  const { min, max } = chart.scales['x'] ?? {};
  if (min === undefined || max === undefined) return;
  onPlot(chart, (context, pixel) => {
    const { bbox } = chart;
    const bottom = bbox.top + bbox.height;
    for (const mark of marks) {
      if (mark.atMs < min || mark.atMs > max || !shown.includes(mark.kind as (typeof shown)[number])) continue;
      const x = Math.round(chart.valToPos(mark.atMs, 'x', true)) + 0.5;
      const strong = mark.kind !== 'command';
      const colour = mark.kind === 'fix' ? colours.good : strong ? colours.bad : colours.muted;
      context.strokeStyle = faded(colour, strong ? 70 : 35);
      context.lineWidth = (mark.kind === 'break' ? 2 : 1) * pixel;
      context.setLineDash(strong ? [] : [2 * pixel, 3 * pixel]);
      context.beginPath();
      context.moveTo(x, bbox.top);
      context.lineTo(x, bottom);
      context.stroke();
      if (!strong) continue;
      context.fillStyle = colour;
      context.beginPath();
      context.moveTo(x, bottom - 6 * pixel);
      context.lineTo(x - 4 * pixel, bottom);
      context.lineTo(x + 4 * pixel, bottom);
      context.fill();
    }
    context.setLineDash([]);
  });
};
