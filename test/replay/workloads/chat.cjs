// A chat over WebSockets (ws): every message goes to all, and some of them do not read what they get.
// usage: node chat.cjs server PORT KB RATE LIMIT_KB    LIMIT_KB may wait for one client, then messages are left out; 0: all wait
//        node chat.cjs clients PORT COUNT              one comes every few seconds, every third one stops reading
const { WebSocket, WebSocketServer } = require('ws');

const [mode, port, ...rest] = process.argv.slice(2);
if (mode === 'server') {
  const [kb, rate, limit] = rest.map(Number);
  const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });
  setInterval(() => {
    const text = 'm'.repeat(kb * 1024 * (0.3 + 1.4 * Math.random()));
    for (const client of server.clients)
      if (limit === 0 || client.bufferedAmount < limit * 1024) client.send(`${Date.now()} ${text}`);
  }, 1000 / rate);
} else {
  let come = 0;
  setInterval(() => {
    if (come >= Number(rest[0])) return;
    const sleeper = ++come % 3 === 0;
    const client = new WebSocket(`ws://127.0.0.1:${port}`);
    client.on('open', () => sleeper && client.pause());
    client.on('error', () => process.exit(1));
  }, 4000);
}
