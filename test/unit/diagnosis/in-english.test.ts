import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../../src/diagnosis/in-english.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { translatedMessages } from '../../../src/diagnosis/translated-messages.ts';

describe('messages in other languages', () => {
  it('are read as the tool says them in English, with their values', () => {
    expect(
      inEnglish([
        'bash: Zeile 1: dockerr: Kommando nicht gefunden.',
        "fatal\u00a0: Impossible de créer '/app/.git/index.lock'\u00a0: Le fichier existe.",
        'make: *** Keine Regel vorhanden, um das Ziel „src/main.o“,',
        'an ordinary line',
      ]),
    ).toEqual([
      'bash: Zeile 1: dockerr: command not found.',
      "fatal : Unable to create '/app/.git/index.lock': Le fichier existe.",
      "make: *** No rule to make target 'src/main.o'",
      'an ordinary line',
    ]);
  });

  it('leave lines alone that hold no message', () => {
    const lines = ['ok', 'Paket nicht gefunden'];
    expect(inEnglish(lines)).toBe(lines);
  });

  it('never have more values than the English one', () => {
    const count = (text: string): number => text.split('%s').length;
    const wrong = translatedMessages.flatMap(([english, others]) =>
      others.filter((other) => count(other) > count(english)).map((other) => `${english} / ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['fish', 'bash: línea 1: fish: orden no encontrada', 127, 'command-not-found'],
    ['libpng-dev', 'E: Impossible de trouver le paquet libpng-dev', 100, 'apt-package-not-found'],
  ])('name what is missing: %s', (missing, text, exitCode, pattern) => {
    const found = recognise({
      sandboxId: '',
      commandId: null,
      commandLine: './run.sh',
      source: 'terminal',
      text,
      exitCode,
      atMs: 0,
    });
    expect(found?.pattern).toBe(pattern);
    expect(Object.values(found?.parameters ?? {})).toContain(missing);
  });
});
