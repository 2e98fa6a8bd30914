import * as z from 'zod/mini';

/*
 * What the lifecycle server sends. Only what we need is named; fields that are absent, null or of another type than
 * expected become undefined instead of failing the whole answer, and unknown fields are dropped.
 */

const text = z.catch(z.optional(z.string()), undefined);

/** Label values; numbers and booleans are accepted and kept as text. */
const labels = z.catch(
  z.optional(
    z.pipe(
      z.record(z.string(), z.unknown()),
      z.transform((entries) => {
        const kept: Record<string, string> = {};
        for (const [name, value] of Object.entries(entries)) {
          if (typeof value === 'string') kept[name] = value;
          else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = String(value);
        }
        return kept;
      }),
    ),
  ),
  undefined,
);

const status = z.catch(
  z.object({ state: z.catch(z.string(), ''), reason: text, message: text, lastTransitionAt: text }),
  { state: '', reason: undefined, message: undefined, lastTransitionAt: undefined },
);

const wireSandbox = z.object({
  id: z.string().check(z.minLength(1)),
  image: z.catch(z.optional(z.object({ uri: text })), undefined),
  snapshotId: text,
  entrypoint: z.catch(z.optional(z.array(z.string())), undefined),
  status,
  metadata: labels,
  /** Sent by newer servers. */
  extensions: labels,
  expiresAt: text,
  createdAt: text,
});

/** One sandbox as the server describes it. */
export type WireSandbox = z.infer<typeof wireSandbox>;
export const wireSandboxSchema = wireSandbox;

const count = z.catch(z.optional(z.number()), undefined);

const pagination = z.catch(
  z.optional(z.object({ totalItems: count, hasNextPage: z.catch(z.optional(z.boolean()), undefined) })),
  undefined,
);

/** One page. The items are checked one by one, so that one strange entry does not hide all others. */
export const sandboxPageSchema = z.object({ items: z.array(z.unknown()), pagination });

export const renewAnswerSchema = z.object({ expiresAt: z.string() });

export const endpointSchema = z.object({
  endpoint: z.string().check(z.minLength(1)),
  headers: labels,
});

/** The address of a port, and the headers that must go with every request to it. */
export type WireEndpoint = z.infer<typeof endpointSchema>;

export const healthSchema = z.object({ status: text });

export const snapshotSchema = z.object({
  id: z.string().check(z.minLength(1)),
  sandboxId: z.catch(z.string(), ''),
  name: text,
  status,
  createdAt: text,
});

export type WireSnapshot = z.infer<typeof snapshotSchema>;

export const snapshotPageSchema = z.object({ items: z.array(z.unknown()), pagination });

/** What newer servers answer for diagnostics with a scope: the text itself, or where to fetch it. */
export const diagnosticsDescriptorSchema = z.object({
  content: text,
  contentUrl: text,
  truncated: z.catch(z.optional(z.boolean()), undefined),
});
