// A web server and its own visitors: bodies, sessions that expire, a cache with a limit, a burst now and then.
// usage: node server.js --rps=20 --cache=60 --sessions=2000 --burst=0 --seconds=0
import http from 'node:http';

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const number = (name, other) => Number(options[name] ?? other);
const cacheBytes = number('cache', 40) * 2 ** 20;
const sessions = new Map();
const cache = new Map();
let cached = 0;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const key = url.searchParams.get('key');
  let body = cache.get(key);
  if (body === undefined) {
    body = Buffer.from(JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ i, key, value: Math.random() }))));
    cache.set(key, body);
    cached += body.length;
    for (const [old, bytes] of cache) {
      if (cached <= cacheBytes) break;
      cache.delete(old);
      cached -= bytes.length;
    }
  }
  sessions.set(url.searchParams.get('user'), { at: Date.now(), basket: new Array(50).fill(key) });
  for (const [user, session] of sessions) {
    if (sessions.size <= number('sessions', 2_000) && session.at > Date.now() - 60_000) break;
    sessions.delete(user);
  }
  response.end(body);
});

const visit = (port) =>
  http
    .get(
      {
        port,
        host: '127.0.0.1',
        path: `/?key=${Math.floor(Math.random() ** 2 * 9_000)}&user=${Math.floor(Math.random() * 9e5)}`,
      },
      (answer) => answer.resume(),
    )
    .on('error', () => process.exit(1));

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  let second = 0;
  setInterval(() => {
    second += 0.1;
    const burst = number('burst', 0) > 0 && second % number('burst', 0) < 6 ? 6 : 1;
    for (let i = 0; i < (number('rps', 20) / 10) * burst; i += 1) visit(port);
    if (number('seconds', 0) > 0 && second > number('seconds', 0)) process.exit(0);
  }, 100);
});
