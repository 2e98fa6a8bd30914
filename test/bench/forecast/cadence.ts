import { replay } from '../../../src/cli/replay.ts';
import { readTrace } from '../../../src/cli/trace-file.ts';
import type { Case } from './cases.ts';
import { isAlarm, type MethodReport, reportOf } from './report.ts';

/** How many seconds apart other sources report: execd's own metrics, a slow image without a shell loop, Kubernetes, Prometheus. */
const secondsApart = [2, 5, 15, 60] as const;

/** Scores the balanced engine on the same runs, read more seldom. */
export async function cadenceReports(cases: readonly Case[]): Promise<readonly MethodReport[]> {
  const reports: MethodReport[] = [];
  for (const every of secondsApart) {
    const alarms = new Map<string, readonly boolean[]>();
    for (const one of cases) {
      alarms.set(one.csvFile, [...replay(await readTrace(one.csvFile), { every })].map(isAlarm));
    }
    reports.push(reportOf(`a reading every ${every} s`, cases, (one) => alarms.get(one.csvFile) ?? []));
  }
  return reports;
}
