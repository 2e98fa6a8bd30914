import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, missingFrom, readDigest } from '../../../src/history/digest.ts';
import { anIncident, aWarning, startMs } from './makers.ts';
import { cleanUpAfterEach, newFolder, openTest, redact, until } from './open.ts';
import { workerFile } from './worker-file.ts';

const everything = { limit: 1_000 };

cleanUpAfterEach();

/** A worker that dies at its first message as often as told, and is the real one after that. */
const dyingWorker = async (folder: string, deaths: number): Promise<string> => {
  const path = join(folder, 'dying.cjs');
  await writeFile(
    path,
    `const fs = require('node:fs');
     const count = ${JSON.stringify(join(folder, 'count'))};
     const before = fs.existsSync(count) ? Number(fs.readFileSync(count, 'utf8')) : 0;
     fs.writeFileSync(count, String(before + 1));
     if (before < ${deaths}) require('node:worker_threads').parentPort.once('message', () => process.exit(7));
     else require(${JSON.stringify(workerFile())});`,
  );
  return path;
};

describe('a worker that dies', () => {
  it('is started again, and nothing that was told is lost', async () => {
    const folder = await newFolder();
    const history = openTest({ folder, workerFile: await dyingWorker(folder, 2) });
    history.recordWarning(aWarning('w-1'));
    const answer = history.warnings(everything);
    history.recordWarning(aWarning('w-2'));
    expect((await answer).map((each) => each.id)).toContain('w-1');
    expect(await history.warnings(everything)).toHaveLength(2);
    expect(history.status()).toMatchObject({ engine: 'sqlite', problem: null });
  });

  it('again and again is replaced by memory, which is said once', async () => {
    const folder = await newFolder();
    const history = openTest({ folder, workerFile: await dyingWorker(folder, 99) });
    const told: unknown[] = [];
    history.onProblem((text) => told.push(text));
    history.recordIncident(anIncident());
    expect(await history.incidents(everything)).toEqual([anIncident()]);
    expect(history.status()).toMatchObject({ engine: 'memory', problem: expect.stringContaining('does not start') });
    // An earlier worker may have written it to the disk.
    expect(await history.forgetSandbox('sb-1')).toBe('not-here');
    expect(told).toHaveLength(1);
  });

  it('or is not there does not keep the window from closing', async () => {
    const folder = await newFolder();
    const history = openTest({ folder, workerFile: join(folder, 'none.cjs') });
    history.recordWarning(aWarning());
    await until(() => history.log.lines.some((line) => line.includes('the worker failed')));
    const startedMs = Date.now();
    await history.dispose();
    expect(Date.now() - startedMs).toBeLessThan(6_000);
  });
});

/** A worker that stands still, as it does in a write to a disk out of reach, while the file is there. */
const standingWorker = async (folder: string, file: string): Promise<string> => {
  const path = join(folder, 'standing.cjs');
  await writeFile(
    path,
    `const { existsSync } = require('node:fs');
     const cell = new Int32Array(new SharedArrayBuffer(4));
     require('node:worker_threads').parentPort.on('message', () => {
       while (existsSync(${JSON.stringify(file)})) Atomics.wait(cell, 0, 0, 10);
     });
     require(${JSON.stringify(workerFile())});`,
  );
  return path;
};

/** Lets what was told be sent, each as a batch of its own. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a disk that does not answer', () => {
  const hanging = async () => {
    const folder = await newFolder();
    const file = join(folder, 'hangs');
    const history = openTest({ folder, workerFile: await standingWorker(folder, file), patienceMs: 50 });
    history.recordWarning(aWarning('w-1'));
    await history.flush();
    await writeFile(file, '');
    return { history, answers: () => rm(file) };
  };

  it('is said, and what was told and forgotten meanwhile is done when it answers', async () => {
    const { history, answers } = await hanging();
    history.recordWarning(aWarning('w-2'));
    void history.flush();
    await until(() => history.status().problem?.includes('does not answer') === true);
    expect(await history.forgetSandbox('sb-1')).toBe('later');
    history.recordWarning(aWarning('w-3', { sandboxId: 'sb-2' }));
    await answers();
    expect((await history.warnings(everything)).map((each) => each.id)).toEqual(['w-3']);
    await until(() => history.status().problem === null);
    // Whether it is done in this short time is not certain; that it is done before the next question is.
    await history.forgetSandbox('sb-2');
    expect(await history.warnings(everything)).toEqual([]);
  });

  it.each([1, 12])('keeps what is told after the order to forget, with %i batches before it', async (batches) => {
    const { history, answers } = await hanging();
    for (let no = 0; no < batches; no += 1) {
      history.recordWarning(aWarning(`old-${no}`));
      void history.flush();
      await nextTurn();
    }
    const forgetting = history.forgetSandbox('sb-1');
    history.recordWarning(aWarning('new-1'));
    expect(await forgetting).toBe('later');
    history.recordWarning(aWarning('new-2'));
    void history.flush();
    await nextTurn();
    await answers();
    expect((await history.warnings(everything)).map((each) => each.id).toSorted()).toEqual(['new-1', 'new-2']);
  });

  it('does not keep the window from closing, however much waits for it', async () => {
    const { history } = await hanging();
    for (let no = 0; no < 12; no += 1) {
      history.recordWarning(aWarning(`w-${no}`));
      void history.flush();
      await nextTurn();
    }
    await history.dispose();
    expect(history.log.lines.filter((line) => line.includes('did not end in time'))).toHaveLength(1);
  });
});

describe('a digest on the side of the person', () => {
  it('outlives the machine: a new folder gets the incidents back', async () => {
    const machine = openTest({ folder: await newFolder() });
    machine.recordIncident(anIncident('i-1'));
    machine.recordIncident(anIncident('i-2', { atMs: startMs + 1, text: 'hunter2' }));
    const digest: unknown = JSON.parse(JSON.stringify(digestOf(await machine.incidents(everything), redact)));
    await machine.forgetEverything();
    await machine.dispose();

    const next = openTest({ folder: await newFolder() });
    const kept = readDigest(digest);
    for (const incident of missingFrom(await next.incidents({ limit: 99, withoutSamples: true }), kept)) {
      next.recordIncident(incident);
    }
    expect((await next.incidents(everything)).map((each) => [each.id, each.samples.length])).toEqual([
      ['i-2', 2],
      ['i-1', 2],
    ]);
    expect(missingFrom(await next.incidents({ limit: 99, withoutSamples: true }), kept)).toEqual([]);
  });
});
