import { describe, expect, it } from 'vitest';
import { CurrentFinder } from '../../../src/app/current-finder.ts';
import { Tasks } from '../../../src/app/waiting.ts';
import type { CurrentSandbox } from '../../../src/model/ports.ts';
import { KeptLog, nowhere } from '../../helpers/app-bench.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { aSandbox, FakeProvider } from '../../helpers/fake-provider.ts';

const mine: CurrentSandbox = { sandboxId: 'a', how: 'named', inside: false };

/** A finder whose provider answers each question only when a test says so. */
const scene = () => {
  const clock = new FakeClock();
  const provider = new FakeProvider(clock);
  const questions: ((answer: CurrentSandbox | null) => void)[] = [];
  provider.current = () => new Promise((resolve) => questions.push(resolve));
  let answered = 0;
  const finder = new CurrentFinder({
    clock,
    log: new KeptLog(),
    tasks: new Tasks(),
    askable: () => [[provider, [aSandbox('a')]]],
    answered: () => {
      answered += 1;
    },
  });
  finder.setHints(nowhere);
  return { clock, finder, questions, answered: () => answered };
};

describe('CurrentFinder', () => {
  it('drops the answer to a question from before it was told to forget, and asks again', async () => {
    const { clock, finder, questions, answered } = scene();
    finder.ask(1);
    finder.forget();
    questions[0]?.(mine);
    await clock.advance(0);
    expect([finder.found, finder.settled]).toEqual([null, false]);
    expect(questions).toHaveLength(2);
    questions[1]?.(null);
    await clock.advance(0);
    expect([finder.found, finder.settled]).toEqual([null, true]);
    expect(answered()).toBe(1);
  });

  it('asks for the newest state when it forgot and was asked anew meanwhile', async () => {
    const { clock, finder, questions } = scene();
    finder.ask(1);
    finder.forget();
    finder.ask(2);
    questions[0]?.(mine);
    await clock.advance(0);
    questions[1]?.({ ...mine, sandboxId: 'b' });
    await clock.advance(0);
    expect(finder.found?.sandboxId).toBe('b');
    finder.ask(2);
    expect(questions).toHaveLength(2);
  });
});
