import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerSummary, postMortemMarkdown } from '../../../src/app/post-mortem/markdown.ts';
import { postMortem } from '../../../src/app/post-mortem/post-mortem.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { incidentCauses } from '../../../src/model/incident.ts';
import { redactSecrets } from '../../../src/net/redact.ts';
import { atOnce, disposeHistories, memoryHistory } from '../../helpers/memory-history.ts';
import {
  aCommand,
  aFix,
  anError,
  anIncident,
  aSample,
  aSandbox,
  aWarning,
  startMs,
} from '../../integration/history/makers.ts';

disposeHistories();

const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const token = fc.string({ unit: fc.constantFrom(...letters), minLength: 36, maxLength: 36 });
/** A secret, the text it stands in, and the part that must never be seen. */
const secret = fc
  .tuple(
    token,
    fc.constantFrom(
      (s: string) => `ghp_${s}`,
      (s: string) => `sk-${s}`,
      (s: string) => `API_TOKEN=${s}`,
      (s: string) => `--password ${s}`,
      (s: string) => `https://bob:${s}@example.com/x`,
      (s: string) => `Authorization: Bearer 1${s}`,
      (s: string) => `{"secret": "${s}"}`,
    ),
  )
  .map(([hidden, around]) => ({ hidden, text: around(hidden) }));
const words = fc.string({ unit: fc.constantFrom(...'abc |`*<>@#[]()\\-_\n'), maxLength: 30 });
const field = fc.tuple(words, secret, words).map(([a, { hidden, text }, b]) => ({ hidden, text: `${a} ${text} ${b}` }));

/** An incident with a secret wherever there is a text. */
const planted = (next: () => string, cause: Incident['cause']): Incident => ({
  ...anIncident(next(), {
    sandboxId: 'sb-1',
    sandboxName: next(),
    provider: next(),
    text: next(),
    cause,
    warning: aWarning(next(), {
      forecast: {
        ...aWarning().forecast,
        evidence: next(),
        grower: { pid: 412, name: next(), bytesPerSecond: 1 },
      },
    }),
    timeline: [{ atMs: startMs - 5000, phase: 'unknown', rawState: next(), reason: next() }],
    fixes: [aFix({ sandboxId: next(), text: next(), result: 'did-not-work' })],
    samples: [1, 2].map((no) => ({
      ...aSample('sb-1', no - 3),
      caveat: next(),
      processes: [
        {
          pid: 412,
          parentPid: 1,
          name: next(),
          rssBytes: 1e8 * no,
          ageMs: null,
          heapLimit: { limitBytes: 1e10, source: next() },
          startedIn: next(),
        },
      ],
    })),
  }),
});

describe('a post-mortem with secrets in every text', () => {
  it('shows none of them, neither as data nor as Markdown nor to the owner', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 30, maxLength: 30 }),
        fc.constantFrom(...incidentCauses),
        fc.boolean(),
        async (fields, cause, redactedBefore) => {
          let no = 0;
          const next = (): string => {
            no += 1;
            return fields[no % fields.length]?.text ?? '';
          };
          // The store redacts what it is given; here it also does not, as if it had missed all of it.
          const history = memoryHistory(redactedBefore ? redactSecrets : (text) => text);
          history.recordSandbox(aSandbox('sb-1', { name: next(), image: next(), metadata: { user: next() } }), startMs);
          history.recordTransition(aSandbox(), {
            atMs: startMs - 9000,
            phase: 'unknown',
            rawState: next(),
            reason: next(),
          });
          history.recordCommand(aCommand(next(), { commandKey: next(), startedAtMs: startMs - 2000 }));
          history.recordError('sb-1', anError(next(), { title: next(), pattern: next() }));
          history.recordError('sb-2', anError('f-2', { title: next() }));
          history.recordError('sb-1', anError('f-2', { title: next() }));
          history.recordDiagnostics({ sandboxId: 'sb-1', atMs: startMs, text: `${next()}\n${next()}` });
          history.recordIncident(planted(next, cause));
          const story = await postMortem(planted(next, cause), {
            history,
            patterns: () => ({ category: 'memory', cause: 'It is full.', fixes: ['Look'] }),
            redact: redactSecrets,
            nowMs: startMs,
            isHere: false,
            pause: atOnce,
          });
          const markdown = postMortemMarkdown(story);
          const summary = ownerSummary(story);
          for (const text of [JSON.stringify(story), markdown, markdown.replaceAll('\\', ''), summary]) {
            for (const { hidden } of fields) expect(text).not.toContain(hidden);
          }
          expect(Buffer.byteLength(markdown)).toBeLessThan(60_000);
          expect(summary.length).toBeLessThan(1_000);
          expect(summary).not.toBe('');
        },
      ),
      { numRuns: 40 },
    );
  });
});
