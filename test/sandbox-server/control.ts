import { readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EventLog } from './event-log.ts';
import { asObject, readBody, sendEmpty, sendJson } from './http.ts';
import type { Registry } from './registry.ts';
import type { Sandbox } from './sandbox.ts';
import { isSwitchName, type Switches, switchNames } from './switches.ts';

/** What the control door works with. */
export interface ControlOptions {
  readonly registry: Registry;
  readonly switches: Switches;
  readonly log: EventLog;
  readonly stop: () => void;
}

/** Files in the folder that stands for the sandbox's `/tmp`. */
function files(sandbox: Sandbox): { name: string; sizeBytes: number }[] {
  return readdirSync(sandbox.tmpFolder).flatMap((name) => {
    const stats = statSync(join(sandbox.tmpFolder, name), { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ name, sizeBytes: stats.size }];
  });
}

/** A door of its own, not part of the protocol, through which tests set switches and look behind the scenes. */
export class ControlServer {
  readonly #options: ControlOptions;
  readonly #server: Server;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => sendJson(response, 500, { error: String(error) }));
    });
  }

  /** Starts to listen on 127.0.0.1 and gives the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { registry, log, stop } = this.#options;
    const url = new URL(request.url ?? '/', 'http://control');
    const [, first, id = '', what] = url.pathname.split('/');
    const route = `${request.method} /${first ?? ''}`;
    if (route === 'POST /switch') await this.#switch(request, response);
    else if (route === 'POST /stop') {
      sendEmpty(response, 202);
      stop();
    } else if (route === 'GET /requests')
      sendJson(response, 200, log.counts(url.searchParams.get('sandboxId') ?? undefined));
    else if (route === 'GET /sandboxes') {
      const entry = registry.find(id);
      const sandbox = entry?.sandbox;
      if (sandbox === undefined) sendJson(response, 404, { error: `no sandbox ${id}` });
      else if (what === 'held') sendJson(response, 200, entry?.execd.held);
      else if (what === 'processes') sendJson(response, 200, sandbox.processes());
      else if (what === 'files') sendJson(response, 200, files(sandbox));
      else if (what === 'memory') sendJson(response, 200, sandbox.group.memory());
      else sendJson(response, 404, { error: 'ask for processes, files, memory or held' });
    } else sendJson(response, 404, { error: 'no such route' });
  }

  async #switch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = asObject(JSON.parse((await readBody(request)).toString('utf8')));
    const { name, value, sandboxId } = body ?? {};
    if (typeof name !== 'string' || !isSwitchName(name)) {
      sendJson(response, 400, { error: `unknown switch; there are ${switchNames.join(', ')}` });
      return;
    }
    const id = typeof sandboxId === 'string' ? sandboxId : undefined;
    this.#options.switches.set(name, String(value), id);
    this.#options.log.write('switch', { name, value: String(value), ...(id === undefined ? {} : { sandboxId: id }) });
    sendEmpty(response, 204);
  }
}
