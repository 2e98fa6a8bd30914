// A guest book with its own server, for Deno and Bun alike. usage: deno run -A guestbook.ts PORT KB MOST    MOST entries stay, 0: all of them
// Every request leaves an entry with a picture of about KB, found by its name and by its words.
declare const Deno:
  | undefined
  | { args: string[]; serve(options: object, answer: (request: Request) => Response): void };
declare const Bun: { argv: string[]; serve(options: object): void };

const [port = 0, kb = 0, most = 0] = (typeof Deno === 'undefined' ? Bun.argv.slice(2) : Deno.args).map(Number);
const entries = new Map<string, { at: number; picture: Uint8Array; words: string[] }>();
const byWord = new Map<string, Set<string>>();
let count = 0;

function answer(request: Request): Response {
  const guest = `${new URL(request.url).search}#${++count}`;
  const words = Array.from({ length: 30 }, () => `word${Math.floor(Math.random() ** 2 * 5000)}`);
  entries.set(guest, {
    at: Date.now(),
    picture: new Uint8Array(kb * 1024 * (0.2 + 1.6 * Math.random())).fill(count),
    words,
  });
  for (const word of words) byWord.set(word, (byWord.get(word) ?? new Set()).add(guest));
  while (most > 0 && entries.size > most) {
    const [oldest, entry] = entries.entries().next().value ?? ['', { words: [] }];
    for (const word of entry.words) byWord.get(word)?.delete(oldest);
    entries.delete(oldest);
  }
  return new Response(`${entries.size} entries`);
}

if (typeof Deno === 'undefined') Bun.serve({ port, hostname: '127.0.0.1', fetch: answer });
else Deno.serve({ port, hostname: '127.0.0.1', onListen: () => undefined }, answer);
