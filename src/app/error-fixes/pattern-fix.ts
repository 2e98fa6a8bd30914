import type { RankedFix } from '../../model/fix.ts';
import { Problem } from '../../model/problem.ts';
import { abortable } from '../../model/wait.ts';
import type { FixPlan } from '../contracts.ts';
import {
  cannotTell,
  didNotWork,
  type Fix,
  type FixHost,
  type FixResult,
  type FixRun,
  need,
  worked,
  wrongPlan,
} from '../fixes/fix.ts';
import { plainName, shortName } from '../format.ts';

/** A build may take long; who waits can cancel. */
const runMs = 30 * 60_000;
const checkMs = 30_000;
/** What is written to the log of an output: its end, where the result stands. */
const loggedCharacters = 8_000;
/** The folder a command was to run in is not there. */
const noFolder = 125;

/** A command for people: one line, cut. */
const commandText = (text: string): string => plainName(text, 300);

/** Lines of an output fit for a log, which takes secrets out itself. */
const outputText = (text: string): string => {
  const plain = text.replace(/[^\P{Cc}\n\t]/gu, '');
  return plain.length > loggedCharacters ? `…${plain.slice(-loggedCharacters)}` : plain;
};

const placeText = (host: FixHost, { where, cwd }: RankedFix): string => {
  const folder = cwd === null || cwd === '' ? null : commandText(cwd);
  const name = shortName(host.sandbox().name);
  return where === 'here'
    ? `In a terminal of this editor (${name}), in ${folder ?? 'the folder new terminals start in'}`
    : `Inside ${name}${folder === null ? '' : `, in ${folder}`}`;
};

const checkText = ({ check, checkArgv, repeats, again }: RankedFix): string => {
  if (repeats) return 'Its exit code says whether it helped.';
  if (check === null) return 'None: it only shows something.';
  if (check === 'exit code 0') return 'It ends with exit code 0.';
  if (checkArgv !== null) return `Then this is run: ${check}`;
  const more = again === null ? '' : ' Afterwards the failed command can be run again.';
  return `For you to see: ${check}.${more}`;
};

/** What one of the fixes of a recognised error would do. Throws `Problem` where nothing can be run. */
export const planPatternFix = (host: FixHost, fix: RankedFix): FixPlan => {
  if (fix.argv === null || fix.does !== 'command') {
    throw new Problem('not-supported', 'This fix runs no command: the editor does it.');
  }
  if (fix.where === 'terminal' || fix.where === 'editor') {
    throw new Problem('not-supported', `${host.provider.label} cannot run commands in a sandbox.`, {
      nextStep: 'Run it in a terminal of the sandbox.',
    });
  }
  return {
    fixId: fix.fixId,
    sandboxId: host.sandbox().id,
    fingerprint: fix.fingerprint,
    title: fix.title,
    risk: fix.risk,
    steps: [`${placeText(host, fix)}: ${commandText(fix.text)}`],
    losses: fix.risk === 'destructive' ? ['What this command removes or replaces can not be brought back.'] : [],
    check: checkText(fix),
    parameters: { kind: 'pattern', fix },
  };
};

const execute = async (
  run: FixRun,
  fix: RankedFix,
  argv: readonly string[],
  timeoutMs: number,
): Promise<number | null> => {
  if (fix.where === 'here') {
    if (run.hands === undefined) throw new Problem('unavailable-here', 'There is no terminal to run it in.');
    return abortable(run.hands.runHere(argv, fix.title, run.signal), run.signal);
  }
  const exec = need(run, run.provider.actions.exec, 'run commands in a sandbox');
  const { exitCode, stdout, stderr, truncated } = await abortable(
    exec(run.sandbox().id, argv, timeoutMs, run.signal),
    run.signal,
  );
  const output = outputText([stdout, stderr].filter((part) => part !== '').join('\n'));
  run.output(`${fix.title}: exit code ${exitCode ?? 'unknown'}${truncated ? ', output cut' : ''}\n${output}`.trimEnd());
  return exitCode;
};

const codeText = (exitCode: number | null): string =>
  exitCode === null ? 'ended without an exit code' : `ended with exit code ${exitCode}`;

/** The command went well; whether that helped is another question. */
const checked = async (run: FixRun, fix: RankedFix): Promise<FixResult> => {
  const done = 'The command ended with exit code 0';
  if (fix.repeats || fix.check === 'exit code 0') return worked(`${done}.`);
  if (fix.checkArgv !== null && fix.check !== null) {
    run.progress(`Checking: ${fix.check}`);
    const code = await execute(run, fix, fix.checkArgv, checkMs);
    if (code === 0) return worked(`${done}, and so did ${fix.check}.`);
    return code === null
      ? cannotTell(`${done}; ${fix.check} ${codeText(code)}.`)
      : didNotWork(`${done}, but ${fix.check} ${codeText(code)}.`);
  }
  if (fix.check === null)
    return cannotTell(`${done}; what it shows is in the ${fix.where === 'here' ? 'terminal' : 'log'}.`);
  const question = `${done}. Run ${commandText(fix.again?.text ?? '')} again to see whether that helped?`;
  if (
    fix.again === null ||
    run.hands === undefined ||
    !(await abortable(run.hands.ask(question, 'Run Again'), run.signal))
  ) {
    return cannotTell(`${done}. To see whether it helped: ${fix.check}.`);
  }
  run.changing(`Running ${commandText(fix.again.text)} again`);
  const code = await execute(run, fix, fix.again.argv, runMs);
  if (code === null) return cannotTell(`${done}; the failed command ${codeText(code)} when it was run again.`);
  return code === 0
    ? worked(`${done}, and the failed command now ended well.`)
    : didNotWork(`${done}, but the failed command ${codeText(code)} again.`);
};

/** Runs the command of a fix and looks whether it helped. It is planned by `planPatternFix`. */
export const patternFix: Pick<Fix, 'run'> = {
  async run(parameters, run) {
    if (parameters.kind !== 'pattern' || parameters.fix.argv === null) throw wrongPlan();
    const { fix } = parameters;
    run.changing(`Running ${commandText(fix.text)}`);
    const exitCode = await execute(run, fix, parameters.fix.argv, runMs);
    run.done('The command ran.');
    if (exitCode === 0) return checked(run, fix);
    if (exitCode === noFolder && fix.cwd !== null) {
      throw new Problem(
        'not-found',
        `The folder ${commandText(fix.cwd)} is not there, or the command ended with ${noFolder}.`,
        {
          nextStep: 'Look at the log.',
        },
      );
    }
    return exitCode === null
      ? cannotTell(`The command ${codeText(exitCode)}.`)
      : didNotWork(`The command ${codeText(exitCode)}.`);
  },
};
