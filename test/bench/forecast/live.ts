import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runRecord } from '../../../src/cli/record.ts';
import { workloads } from '../../helpers/sandbox-server.ts';
import { loadCases } from './cases.ts';
import { scoreCase } from './protocol.ts';
import { isAlarm, linesOf } from './run.ts';

/** One workload that was run for real, and what was said of it. */
export interface LiveRun {
  readonly name: string;
  /** What broke, or null. */
  readonly broke: string | null;
  readonly brokeAtS: number | null;
  readonly warnedAtS: number | null;
  /** Time between the warning and the break, seconds; null when one of them did not happen. */
  readonly leadS: number | null;
  /** Highest share of any limit. */
  readonly highest: number;
  readonly falseAlarms: number;
}

const node = process.execPath;

/** What is run: the limits, and the command under them. Every run ends by itself or after its seconds. */
const runs: readonly {
  readonly name: string;
  readonly options: readonly string[];
  readonly command: readonly string[];
}[] = [
  {
    name: 'leak under a collector’s sawtooth',
    options: ['--mem', '256m', '--seconds', '150'],
    command: [node, workloads.leak, '--rate-mib=1.7', '--saw-mib=8', '--start-mib=60'],
  },
  {
    name: 'build to 95 % that recovers, twice',
    options: ['--mem', '256m', '--seconds', '80'],
    command: [node, workloads.buildPeak, '--limit-mib=256', '--peak=0.95', '--rise-seconds=20', '--times=2'],
  },
  {
    name: 'disk that fills',
    options: ['--mem', '256m', '--disk', '120m', '--seconds', '150'],
    command: ['for i in $(seq 1000); do head -c 1300000 /dev/zero > part$i || exit 1; sleep 1; done'],
  },
  {
    name: 'processes that never end',
    options: ['--mem', '256m', '--pids', '128', '--seconds', '150'],
    command: ['for i in $(seq 1000); do sleep 600 & sleep 0.7; done'],
  },
  {
    name: 'files that are never closed',
    options: ['--mem', '256m', '--nofile', '256', '--seconds', '150'],
    command: [node, '-e', "const fs=require('fs');setInterval(()=>fs.openSync('/dev/null'),400)"],
  },
];

/** Runs the workloads one after the other in limited cgroups; takes about ten minutes. Needs the right to make cgroups. */
export async function runLive(say: (text: string) => void): Promise<readonly LiveRun[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'forecast-live-'));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    for (const [i, { name, options, command }] of runs.entries()) {
      say(`▶ ${name} …`);
      const args = [...options, '--out', folder, '--id', `live-${i}`, '--family', `live-${i}`, '--', ...command];
      const code = await runRecord(args, stop.signal, { print: () => undefined, say });
      if (code !== 0) throw new Error(`the recorder ended with ${code}`);
    }
    const cases = loadCases(folder);
    const lines = await linesOf(cases, 'balanced');
    return cases.map((one): LiveRun => {
      const on = (lines.get(one.csvFile) ?? []).map(isAlarm);
      const first = on.indexOf(true);
      const index = runs.findIndex((_, i) => one.id === `live-${i}`);
      const warnedAtS = first < 0 ? null : (one.times[first] ?? 0) / 1000;
      const brokeAtS = one.breakAt === null ? null : one.breakAt;
      return {
        name: runs[index]?.name ?? one.id,
        broke: one.kind,
        brokeAtS,
        warnedAtS,
        leadS: brokeAtS === null || warnedAtS === null ? null : brokeAtS - warnedAtS,
        highest: Math.max(...one.top),
        falseAlarms: scoreCase(one, on).falseAlarms,
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(0)} s`);

/** One line for each run. */
export const liveTable = (found: readonly LiveRun[]): string =>
  found
    .map(
      ({ name, broke, brokeAtS, warnedAtS, leadS, highest, falseAlarms }) =>
        `${name.padEnd(36)} broke ${(broke ?? 'no').padEnd(12)} at ${seconds(brokeAtS).padStart(5)}  warned at ${seconds(warnedAtS).padStart(5)}` +
        `  lead ${seconds(leadS).padStart(5)}  highest ${Math.round(highest * 100)} %  false alarms ${falseAlarms}`,
    )
    .join('\n');
