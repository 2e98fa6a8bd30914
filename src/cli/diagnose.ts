import * as z from 'zod/mini';
import { LogReader } from '../diagnosis/log-reader.ts';
import { planFix } from '../diagnosis/plan-fix.ts';
import { type ErrorContext, recognise } from '../diagnosis/recognise.ts';
import { messageOf, mismatchOf } from './message-of.ts';

/** Longer texts are read piece by piece first. */
const readAtOnce = 64_000;
const pieceCharacters = 65_536;

const count = z.nullish(z.number());
const text = z.nullish(z.string());

/** One line of the input. Every other field is left unread. */
const questionSchema = z.object({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  exitCode: z.nullish(z.int()),
  command: text,
  context: z.nullish(
    z.object({
      oomKillDelta: count,
      pidsAtLimit: z.nullish(z.boolean()),
      diskFreeBytes: count,
      inodesFree: count,
      lifecycle: z.nullish(z.object({ state: text, reason: text, message: text })),
      source: text,
    }),
  ),
});

type Question = z.infer<typeof questionSchema>;

/** One line of the answer. */
export interface Diagnosis {
  readonly id: string | number;
  readonly pattern: string | null;
  /** 0..1, and 0 where no pattern is recognised. */
  readonly confidence: number;
  /** Empty when there is no error at all. */
  readonly fingerprint: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly fixes: readonly { readonly id: string; readonly title: string; readonly risk: string }[];
}

/** What came of one line of the input: an answer, or one sentence that says what is wrong with the line. */
export type DiagnosedLine = { readonly diagnosis: Diagnosis } | { readonly problem: string };

/** Long texts as the few lines that matter. */
const readable = (whole: string): string => {
  if (whole.length <= readAtOnce) return whole;
  const reader = new LogReader();
  for (let at = 0; at < whole.length; at += pieceCharacters) reader.push(whole.slice(at, at + pieceCharacters));
  return reader.text();
};

const contextOf = ({ context }: Question): ErrorContext => ({
  oomKillDelta: context?.oomKillDelta ?? null,
  pidsAtLimit: context?.pidsAtLimit ?? null,
  diskFreeBytes: context?.diskFreeBytes ?? null,
  inodesFree: context?.inodesFree ?? null,
  lifecycle: context?.lifecycle
    ? {
        state: context.lifecycle.state ?? null,
        reason: context.lifecycle.reason ?? null,
        message: context.lifecycle.message ?? null,
      }
    : null,
});

const diagnose = (question: Question): Diagnosis => {
  const recognition = recognise(
    {
      sandboxId: '',
      commandId: null,
      commandLine: question.command ?? null,
      source: question.context?.source ?? 'terminal',
      text: readable(question.text),
      exitCode: question.exitCode ?? null,
      atMs: 0,
    },
    contextOf(question),
  );
  const fixes = recognition?.record?.fixes ?? [];
  return {
    id: question.id,
    pattern: recognition?.pattern ?? null,
    confidence: recognition?.confidence ?? 0,
    fingerprint: recognition?.fingerprint ?? '',
    parameters: recognition?.parameters ?? {},
    fixes: fixes.map((fix) => {
      const { id, title, risk } = planFix(fix, recognition?.parameters ?? {}, question.command ?? null);
      return { id, title, risk };
    }),
  };
};

const readJson = (line: string): { readonly value: unknown } | { readonly problem: string } => {
  try {
    return { value: JSON.parse(line) };
  } catch (error) {
    return { problem: `no JSON: ${messageOf(error)}` };
  }
};

/** Diagnoses one line of the input of `npm run diagnose`: `{"id","text","exitCode"?,"command"?,"context"?}`. */
export const diagnoseLine = (line: string): DiagnosedLine => {
  const json = readJson(line);
  if ('problem' in json) return json;
  const question = z.safeParse(questionSchema, json.value);
  if (question.success) return { diagnosis: diagnose(question.data) };
  return { problem: mismatchOf(question.error, 'the line') };
};
