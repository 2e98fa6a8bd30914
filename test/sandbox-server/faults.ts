import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendJson, sendUnhandled } from './http.ts';

const hugeBytes = 10 * 1024 * 1024;
const slowMs = 20_000;

/**
 * Gives the wrong answer that the switch `lifecycleFault` asks for.
 * Says whether the request is answered; after `slow` the right answer still follows.
 */
export async function answerWithFault(fault: string, path: string, response: ServerResponse): Promise<boolean> {
  const [name, argument] = fault.split(':');
  switch (name) {
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>');
      return true;
    case 'empty':
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 0 });
      response.end();
      return true;
    case 'huge':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(`{"items":[],"padding":"${'x'.repeat(hugeBytes)}"}`);
      return true;
    case 'slow':
      await delay(argument === undefined ? slowMs : Number(argument));
      return response.destroyed;
    case '500':
      sendUnhandled(response);
      return true;
    case 'wrong-server':
      if (path === '/health') sendJson(response, 200, { ok: true, service: 'something-else' });
      else sendJson(response, 404, { error: 'no such page', service: 'something-else' });
      return true;
    default:
      return false;
  }
}
