import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from './message-of.ts';
import { parseOptions, type RecordOptions, UsageError, usage } from './recording/options.ts';
import { record } from './recording/recorder.ts';
import { commandLine, parseSession, type SessionStep } from './recording/session.ts';
import { descriptionsOf, tablesOf } from './trace-table.ts';

/** Where the program speaks. */
export interface RecordOutput {
  /** The result: the path of the written JSON. */
  readonly print: (line: string) => void;
  /** Progress and errors, for a person. */
  readonly say: (line: string) => void;
}

function readSteps(options: RecordOptions): readonly SessionStep[] {
  if (options.sessionFile === null) return [{ kind: 'command', line: commandLine(options.words), waits: true }];
  try {
    return parseSession(readFileSync(options.sessionFile, 'utf8'));
  } catch (error) {
    throw new UsageError(`The session ${options.sessionFile} cannot be used: ${messageOf(error)}`);
  }
}

/** Makes a folder and those above it. Not by `recursive`: in a place like /proc, where nothing can be made, Node then tries without end. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Before the recording, because what was recorded for minutes would be lost. @throws Error when no file can be written there */
function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
    // What is no folder cannot be entered with a slash behind it.
    accessSync(`${folder}/`, constants.W_OK);
  } catch (error) {
    throw new Error(`Nothing can be written to ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** A reader never sees half a file. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

async function recordOne(args: readonly string[], signal: AbortSignal, { print, say }: RecordOutput): Promise<number> {
  const options = parseOptions(args, Date.now());
  const steps = readSteps(options);
  const folder = resolve(options.outFolder);
  const base = join(folder, options.id);
  const file = `${base}.json`;
  const there = [...descriptionsOf(base), ...tablesOf(base)].find((each) => existsSync(each));
  if (there !== undefined && !options.replaces)
    throw new UsageError(`${there} is there already: choose another --id, or add --replace.`);
  prepareFolder(folder);
  say(`Recording ${options.id} …`);
  const { csv, summary } = await record(options, steps, signal, say);
  writeWhole(`${base}.csv`, csv);
  writeWhole(file, `${JSON.stringify(summary, null, 1)}\n`);
  const seconds = Math.round(summary.duration_ms / 1_000);
  say(
    summary.break === null
      ? `No break in ${seconds} s (${summary.ended}, exit code ${summary.exit_code ?? 'none'}).`
      : `Broke after ${seconds} s: ${summary.break.kind}.`,
  );
  print(file);
  return signal.aborted ? 130 : 0;
}

/**
 * `npm run record`: records one command or session.
 * @param signal ends the recording early and keeps it
 * @returns the exit code: 0, 1 when nothing can be recorded here or something went wrong, 2 when the command line is not understood,
 * 130 after `signal`
 */
export async function runRecord(args: readonly string[], signal: AbortSignal, output: RecordOutput): Promise<number> {
  if (args.includes('--help') && !args.slice(0, args.indexOf('--help')).includes('--')) {
    output.print(usage);
    return 0;
  }
  try {
    return await recordOne(args, signal, output);
  } catch (error) {
    output.say(error instanceof UsageError ? `${error.message}\n\n${usage}` : messageOf(error));
    return error instanceof UsageError ? 2 : 1;
  }
}
