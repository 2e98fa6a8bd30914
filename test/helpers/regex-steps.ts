/**
 * A small backtracking matcher that counts its steps. It reads the part of JavaScript's expressions that the catalogue uses, and
 * goes the way the engine goes; so the growth of its steps shows whether an expression can be made slow, on any machine.
 */

type Node =
  | { readonly kind: 'char'; readonly test: RegExp; readonly example: string }
  | { readonly kind: 'assert'; readonly test: (text: string, at: number) => boolean }
  | { readonly kind: 'look'; readonly negative: boolean; readonly body: Node }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly ways: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    };

const candidates = [
  ...' aA0_',
  ...Array.from({ length: 94 }, (_, index) => String.fromCodePoint(33 + index)),
  '\t',
  'é',
  '’',
];

const charNode = (source: string, flags: string): Node => {
  const test = new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, ''));
  return { kind: 'char', test, example: candidates.find((char) => test.test(char)) ?? source };
};

class Parser {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;

  constructor({ source, flags }: RegExp) {
    this.#source = source;
    this.#flags = flags;
  }

  alternatives(): Node {
    const ways: Node[] = [];
    let parts: Node[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#source[this.#at] === '|') {
        this.#at += 1;
        ways.push({ kind: 'all', parts });
        parts = [];
      } else {
        parts.push(this.#repeated(this.#atom()));
      }
    }
    ways.push({ kind: 'all', parts });
    return ways.length === 1 && ways[0] !== undefined ? ways[0] : { kind: 'any', ways };
  }

  #repeated(body: Node): Node {
    const found = /^(?:([?*+])|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at, this.#at + 20));
    if (found === null) return body;
    this.#at += found[0].length;
    const [, sign, from, comma, to, lazy] = found;
    const least = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
    const most =
      sign === '?'
        ? 1
        : sign !== undefined || (comma === ',' && to === '')
          ? Number.POSITIVE_INFINITY
          : Number(to === '' ? from : to);
    return { kind: 'repeat', body, least, most, lazy: lazy === '?' };
  }

  #atom(): Node {
    const rest = this.#source.slice(this.#at);
    const opening = /^\((?:\?(?:<?[=!]|:|<\w+>))?/.exec(rest)?.[0];
    if (opening !== undefined) return this.#group(opening);
    if (rest.startsWith('^')) return this.#assert(1, (_text, at) => at === 0);
    if (rest.startsWith('$')) return this.#assert(1, (text, at) => at === text.length);
    const isWord = (char: string | undefined): boolean => char !== undefined && /\w/.test(char);
    if (/^\\[bB]/.test(rest)) {
      const wanted = rest[1] === 'b';
      return this.#assert(2, (text, at) => (isWord(text[at - 1]) !== isWord(text[at])) === wanted);
    }
    const piece =
      /^(?:\[(?:\\.|[^\]\\])*\]|\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\[pP]\{\w+\}|\\.|[\s\S])/iu.exec(rest)?.[0] ?? '';
    this.#at += piece.length;
    const literal =
      piece.length === 1 && piece !== '.' ? piece : /^\\[^A-Za-z0-9]$/.test(piece) ? piece.slice(1) : null;
    const node = charNode(piece, this.#flags);
    return literal === null || node.kind !== 'char' ? node : { ...node, example: literal };
  }

  #assert(length: number, test: (text: string, at: number) => boolean): Node {
    this.#at += length;
    return { kind: 'assert', test };
  }

  #group(opening: string): Node {
    const start = this.#at + opening.length;
    this.#at = start;
    const body = this.alternatives();
    const inner = this.#source.slice(start, this.#at);
    this.#at += 1;
    if (opening.startsWith('(?<=') || opening.startsWith('(?<!')) {
      // What stands before is short in all of our expressions: one step.
      const before = new RegExp(`(?:${inner})$`, this.#flags.replace(/[gy]/g, ''));
      return {
        kind: 'assert',
        test: (text, at) => before.test(text.slice(Math.max(0, at - 64), at)) === (opening[3] === '='),
      };
    }
    if (opening === '(?=' || opening === '(?!') return { kind: 'look', negative: opening === '(?!', body };
    return body;
  }
}

class TooManySteps extends Error {}

class Run {
  steps = 0;
  readonly #text: string;
  readonly #most: number;

  constructor(text: string, most: number) {
    this.#text = text;
    this.#most = most;
  }

  match(node: Node, at: number, then: (at: number) => boolean): boolean {
    this.steps += 1;
    if (this.steps > this.#most) throw new TooManySteps();
    switch (node.kind) {
      case 'char': {
        const char = this.#text[at];
        return char !== undefined && node.test.test(char) && then(at + 1);
      }
      case 'assert':
        return node.test(this.#text, at) && then(at);
      case 'look':
        return this.match(node.body, at, () => true) !== node.negative && then(at);
      case 'all':
        return this.#all(node.parts, 0, at, then);
      case 'any':
        return node.ways.some((way) => this.match(way, at, then));
      case 'repeat':
        return this.#repeat(node, 0, at, then);
    }
  }

  #all(parts: readonly Node[], index: number, at: number, then: (at: number) => boolean): boolean {
    const part = parts[index];
    return part === undefined ? then(at) : this.match(part, at, (next) => this.#all(parts, index + 1, next, then));
  }

  #repeat(node: Extract<Node, { kind: 'repeat' }>, done: number, at: number, then: (at: number) => boolean): boolean {
    const more = (): boolean =>
      done < node.most && this.match(node.body, at, (next) => next > at && this.#repeat(node, done + 1, next, then));
    if (done < node.least) return this.match(node.body, at, (next) => this.#repeat(node, done + 1, next, then));
    return node.lazy ? then(at) || more() : more() || then(at);
  }
}

const parsed = (expression: RegExp): Node => new Parser(expression).alternatives();

/** @returns the steps of looking for `expression` in all of `text`, or null when there are more than `most`. */
export const stepsOf = (expression: RegExp, text: string, most: number): number | null => {
  const node = parsed(expression);
  const run = new Run(text, most);
  try {
    for (let start = 0; start <= text.length; start++) {
      if (run.match(node, start, () => true)) break;
    }
  } catch (error) {
    if (error instanceof TooManySteps) return null;
    throw error;
  }
  return run.steps;
};

const examples = (node: Node): readonly string[] => {
  switch (node.kind) {
    case 'char':
      return [node.example];
    case 'assert':
    case 'look':
      return [''];
    case 'any':
      return node.ways.flatMap(examples);
    case 'repeat': {
      const [one = ''] = examples(node.body);
      return [one.repeat(Math.max(1, Math.min(node.least, 3)))];
    }
    case 'all':
      return node.parts.reduce<readonly string[]>(
        (before, part) =>
          before
            .flatMap((text) =>
              examples(part)
                .slice(0, 6)
                .map((more) => text + more),
            )
            .slice(0, 40),
        [''],
      );
  }
};

/** @returns texts that the expression nearly fits, over and over: what makes a backtracking engine work hardest. */
export const nastyTexts = (expression: RegExp, length: number): readonly string[] => {
  const fitting = examples(parsed(expression)).slice(0, 12);
  // A word it holds itself may stop it again and again shortly before the end: `.lock` in a path that ends with it.
  const words = (expression.source.match(/(?:\\\.)?[A-Za-z]{4,20}/g) ?? []).slice(0, 3);
  const pieces = new Set([
    ...words.map((word) => word.replace('\\', '')),
    ...fitting.flatMap((text) => [text.slice(0, -1), text.slice(0, Math.ceil(text.length / 2)), text.slice(0, 1)]),
    'a',
    ' ',
    'a/',
  ]);
  return [...pieces]
    .filter((piece) => piece !== '')
    .map((piece) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length));
};

/** @returns whether a repetition without an upper bound stands in `expression`. */
export const isUnbounded = (expression: RegExp): boolean => {
  const look = (node: Node): boolean => {
    switch (node.kind) {
      case 'repeat':
        return node.most === Number.POSITIVE_INFINITY || look(node.body);
      case 'look':
        return look(node.body);
      case 'all':
        return node.parts.some(look);
      case 'any':
        return node.ways.some(look);
      default:
        return false;
    }
  };
  return look(parsed(expression));
};
