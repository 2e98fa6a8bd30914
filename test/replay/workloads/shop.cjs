// A shop on Express that keeps a session for every visitor. Needs express (NODE_PATH).
// usage: node shop.cjs PORT KB MOST    KB of a session; MOST sessions, then the oldest ends; 0: none ever does
const express = require('express');

const [port, kb, most] = process.argv.slice(2).map(Number);
const sessions = new Map();
const app = express();
app.get('/', (request, response) => {
  const basket = Array.from({ length: kb * 7 }, (_, i) => ({ i, sku: `sku ${Math.random()}`, n: request.query.n }));
  sessions.set(request.query.user, { basket, at: new Date(), agent: { ...request.headers } });
  if (most > 0 && sessions.size > most) sessions.delete(sessions.keys().next().value);
  response.json(basket.slice(0, 50));
});
app.listen(port, '127.0.0.1');
