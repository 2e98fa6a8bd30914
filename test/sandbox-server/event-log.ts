import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Which of the server's doors a request came through. `proxy` is the lifecycle server's proxy route. */
type ListenerName = 'server' | 'execd' | 'proxy';

/** One request as it was seen. `via` tells how an execd request arrived. */
export interface RequestRecord {
  readonly listener: ListenerName;
  readonly method: string;
  readonly path: string;
  readonly sandboxId?: string;
  readonly via?: 'direct' | 'proxy';
  /** Whether an OPEN-SANDBOX-API-KEY header was present. */
  readonly hasApiKey: boolean;
}

/** Counts of the requests seen so far. */
export interface RequestCounts {
  readonly total: number;
  readonly byListener: Readonly<Record<ListenerName, number>>;
  readonly withApiKey: Readonly<Record<ListenerName, number>>;
  /** Keys like `execd GET /metrics/watch` with ids replaced by `{id}`. */
  readonly byRoute: Readonly<Record<string, number>>;
}

interface RequestKind {
  readonly listener: ListenerName;
  readonly sandboxId: string | undefined;
  readonly hasApiKey: boolean;
  readonly route: string;
}

const idPattern = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/g;

/** The story of one run: a JSON Lines file on disk, and the requests in memory for counting. */
export class EventLog {
  readonly path: string;
  readonly #file: number;
  /** How often each kind of request came, so that a long run needs no more memory than a short one. */
  readonly #requests = new Map<string, { readonly kind: RequestKind; count: number }>();
  #isOpen = true;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#file = openSync(path, 'a');
  }

  /** Appends one line at once, so that a reader sees it even when the server is killed right after. */
  write(event: string, fields: Readonly<Record<string, unknown>> = {}, atMs: number = Date.now()): void {
    if (this.#isOpen) writeSync(this.#file, `${JSON.stringify({ atMs, event, ...fields })}\n`);
  }

  /** Counts a request and writes it down. */
  request(record: RequestRecord): void {
    const { listener, method, sandboxId, hasApiKey } = record;
    const path = (record.path.split('?')[0] ?? '').replace(idPattern, '{id}');
    const kind = { listener, sandboxId, hasApiKey, route: `${listener} ${method} ${path}` };
    const key = JSON.stringify(kind);
    const known = this.#requests.get(key);
    if (known === undefined) this.#requests.set(key, { kind, count: 1 });
    else known.count += 1;
    this.write('request', { ...record });
  }

  /** Counts of requests, optionally those of one sandbox only. */
  counts(sandboxId?: string): RequestCounts {
    const byListener = { server: 0, execd: 0, proxy: 0 };
    const withApiKey = { server: 0, execd: 0, proxy: 0 };
    const byRoute: Record<string, number> = {};
    let total = 0;
    for (const { kind, count } of this.#requests.values()) {
      if (sandboxId !== undefined && kind.sandboxId !== sandboxId) continue;
      total += count;
      byListener[kind.listener] += count;
      if (kind.hasApiKey) withApiKey[kind.listener] += count;
      byRoute[kind.route] = (byRoute[kind.route] ?? 0) + count;
    }
    return { total, byListener, withApiKey, byRoute };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
  }
}
