import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/model/ports.ts';
import { isProblem, type Problem } from '../../../src/model/problem.ts';
import { type ConnectionSettings, createTransport } from '../../../src/net/dispatcher.ts';
import type { Transport } from '../../../src/net/transport.ts';

export interface Loopback {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
  readonly server: Server;
  /** All requests so far. */
  readonly requests: IncomingMessage[];
}

/** A real HTTP server on 127.0.0.1 for one test. */
export const serve = async (
  handle: (request: IncomingMessage, response: ServerResponse, count: number) => unknown,
): Promise<Loopback> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    Promise.resolve(handle(request, response, requests.length)).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, requests };
};

/** An origin on which nothing listens. */
export const nowhere = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return `http://127.0.0.1:${port}`;
};

/** The real transport for one test, without the environment's proxy. */
export const transport = (settings: ConnectionSettings = {}): Transport => {
  const made = createTransport({ environment: {}, systemCertificates: false, ...settings });
  onTestFinished(() => made.close());
  return made;
};

/** The Problem something ends with; fails if it ends in any other way. */
export const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  try {
    await work;
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
  throw new Error('It succeeded.');
};

/** Lets everything run that is ready to run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Everything an iterable gives until it ends. */
export const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
};

/** Time passed by hand. */
export class ManualClock implements Clock {
  /** Told about every timer that is set. */
  onTimer: (delayMs: number) => void = () => undefined;
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    this.onTimer(delayMs);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  /** Runs everything that is due within the next `ms`, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    while (true) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = untilMs;
  }
}
