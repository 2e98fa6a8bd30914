// A server whose every request listens to the bus for the prices it shows.
// usage: node listeners.js PORT once|on    once: the listener leaves with the response; on: it stays
import { EventEmitter } from 'node:events';
import http from 'node:http';

const [port, mode] = process.argv.slice(2);
const bus = new EventEmitter().setMaxListeners(0);
http
  .createServer((request, response) => {
    const rows = Array.from({ length: 700 }, (_, i) => ({ i, url: request.url, price: Math.random() }));
    const update = (price) => {
      rows[0].price = price;
    };
    bus.on('price', update);
    if (mode === 'once') response.on('close', () => bus.off('price', update));
    response.end(JSON.stringify(rows.slice(0, 30)));
  })
  .listen(Number(port), '127.0.0.1');
setInterval(() => bus.emit('price', Math.random()), 500);
