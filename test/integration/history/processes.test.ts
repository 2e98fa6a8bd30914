import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { killLoop } from '../../long/history-kill.ts';
import { startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest } from './open.ts';
import { workerFile } from './worker-file.ts';

const run = promisify(execFile);
const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));
const entries = 150;

cleanUpAfterEach();

describe.each(['sqlite', 'json-lines'] as const)('processes that share a history in %s', (engine) => {
  it('write at once and lose nothing', async () => {
    const folder = await newFolder();
    const names = ['a', 'b', 'c'];
    const ends = await Promise.all(
      names.map((name) => run(process.execPath, [writer, folder, engine, name, String(entries), workerFile()])),
    );
    for (const { stdout } of ends) expect(stdout.trim().endsWith('closed')).toBe(true);
    const history = openTest({ folder, engine, bounds: { maximumAgeMs: 4e11, maximumBytes: 1e8 } });
    const warnings = await history.warnings({ limit: 10_000 });
    expect(new Set(warnings.map((each) => each.id)).size).toBe(names.length * entries);
    const [error] = await history.errors({ limit: 1 }, startMs);
    expect(error).toMatchObject({ count: names.length * entries, sandboxes: names.length });
    for (const name of names) {
      expect(await history.samples(name, 0, Number.MAX_SAFE_INTEGER)).toHaveLength(entries);
    }
    expect(history.peaks.peakOf('npm ci', startMs)?.runs).toBe(names.length * entries);
    expect(history.status().problem).toBeNull();
  });

  it('may be killed at any moment: at most the last second is lost', async () => {
    const report = await killLoop(2, engine);
    expect(report.recorded).toBeGreaterThan(50);
    expect(report).toMatchObject({ lost: 0, problems: [] });
  });
});
