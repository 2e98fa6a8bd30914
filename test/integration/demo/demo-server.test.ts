import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/demo-sandbox.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sf-demo-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('begins with nothing that an earlier demo had logged, which would start the leak before anybody looks', async () => {
  const log = path.join(folder, 'sandbox-server.jsonl');
  writeFileSync(log, '{"atMs":1,"event":"request","listener":"server","method":"GET","path":"/v1/sandboxes"}\n');
  await using server = await startDemoServer(log);
  await expect(server.waitForEvent('request', undefined, 200)).rejects.toThrow('no event request');
  await fetch(`${server.url}/v1/sandboxes`, { headers: { 'OPEN-SANDBOX-API-KEY': server.apiKey } });
  expect((await server.waitForEvent('request')).atMs).toBeGreaterThan(1);
});
