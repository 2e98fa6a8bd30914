import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import type { ToPage } from '../../src/model/dashboard/messages.ts';
import { launchBrowser, root } from '../editor/harness.ts';
import { coursesUntil, secondOfFleet, secondOfSandbox } from './dashboard-scene.ts';
import { openStage, type Stage } from './dashboard-stage.ts';
import { type Few, few } from './measure.ts';

/** How a page does while something new comes every second. */
export interface FrameBench {
  /** Time between two pictures; 16.7 ms is what the screen wants. */
  readonly frameMs: { readonly median: number; readonly p99: number; readonly worst: number; readonly frames: number };
  /** Work of the page's thread for one second of news: script, style, layout, paint. */
  readonly workMsPerSecond: Few;
}

/** The page of the dashboard in headless Chromium without a graphics card. */
export interface DashboardBench {
  /** dist/dashboard.js and .css, minified. */
  readonly scriptBytes: number;
  readonly scriptGzipBytes: number;
  readonly styleBytes: number;
  /** 200 rows, all of which change every second. */
  readonly fleet: FrameBench;
  /** Five charts over ten minutes at one reading a second, live. */
  readonly charts: FrameBench;
  /** JavaScript heap of the page of one sandbox at its start, and after an hour at one reading a second. */
  readonly heapStartBytes: number;
  readonly heapAfterHourBytes: number;
}

const rows = 200;
const liveSeconds = 15;
const pastSeconds = 600;
const hourSeconds = 3_600;
const chunkSeconds = 60;
const startMs = 1_700_000_000_000;

/** Measures what scripts/bundle.mjs built. @throws when it built nothing */
export async function benchDashboard(): Promise<DashboardBench> {
  const script = readFileSync(join(root, 'dist', 'dashboard.js'));
  const style = readFileSync(join(root, 'dist', 'dashboard.css'));
  const browser = await launchBrowser();
  try {
    const fleet = await onStage(await openStage(browser, { page: 'fleet' }, { nowMs: startMs }), async (stage) => {
      await stage.tell(secondOfFleet(rows, 0, startMs));
      return await live(stage, (second) => [secondOfFleet(rows, second, startMs)]);
    });
    const place = { page: 'sandbox', id: 'bench' } as const;
    const charts = await onStage(await openStage(browser, place, { nowMs: startMs }), async (stage) => {
      await stage.tell(coursesUntil(pastSeconds, startMs), ...secondOfSandbox(pastSeconds, startMs));
      return await live(stage, (second) => secondOfSandbox(pastSeconds + second, startMs));
    });
    const heap = await onStage(await openStage(browser, place, { nowMs: startMs }), heapOverAnHour);
    return {
      scriptBytes: script.length,
      scriptGzipBytes: gzipSync(script).length,
      styleBytes: style.length,
      fleet,
      charts,
      ...heap,
    };
  } finally {
    await browser.close();
  }
}

async function onStage<Result>(stage: Stage, measure: (stage: Stage) => Promise<Result>): Promise<Result> {
  await using open = stage;
  const result = await measure(open);
  if (open.violations.length > 0) throw new Error(`the page failed: ${open.violations.join('; ')}`);
  return result;
}

/** Frames of the page while one second of news comes each second. */
async function live(stage: Stage, news: (second: number) => readonly ToPage[]): Promise<FrameBench> {
  const { page } = stage;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.waitForTimeout(1_000);
  await page.evaluate(`{
    const frames = [];
    let before = performance.now();
    let running = true;
    const look = (now) => { frames.push(now - before); before = now; if (running) requestAnimationFrame(look); };
    requestAnimationFrame((now) => { before = now; requestAnimationFrame(look); });
    window.measured = () => { running = false; return frames; };
  }`);
  const work: number[] = [];
  for (let second = 1; second <= liveSeconds; second += 1) {
    const told = JSON.stringify(news(second));
    const busyBefore = await busySeconds(session);
    // Handed over as text and taken apart beforehand, so that what is measured begins with the message.
    await page.evaluate(`setTimeout((news) => {
      for (const data of news) dispatchEvent(new MessageEvent('message', { data }));
    }, 50, ${told})`);
    await page.waitForTimeout(1_000);
    work.push(((await busySeconds(session)) - busyBefore) * 1_000);
  }
  const frames = await page.evaluate<number[]>('window.measured()');
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    frameMs: { median: at(0.5), p99: at(0.99), worst: at(1), frames: frames.length },
    workMsPerSecond: few(work),
  };
}

async function busySeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

async function heapOverAnHour(stage: Stage): Promise<{ heapStartBytes: number; heapAfterHourBytes: number }> {
  const { page } = stage;
  await stage.tell(...secondOfSandbox(0, startMs));
  const heapStartBytes = await heapBytes(page);
  for (let from = 1; from <= hourSeconds; from += chunkSeconds) {
    const seconds = Array.from({ length: chunkSeconds }, (_, index) => secondOfSandbox(from + index, startMs));
    await stage.tell(...seconds.flat());
    // Let it draw: a real hour has many pictures.
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  }
  return { heapStartBytes, heapAfterHourBytes: await heapBytes(page) };
}

async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
