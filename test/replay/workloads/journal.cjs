// A service that logs with pino, and rotates by itself when it is told to. Needs pino (NODE_PATH).
// usage: node journal.cjs KB_A_SECOND MOST_MIB    at MOST_MIB the file begins anew, its predecessor stays; 0: it never does
const fs = require('node:fs');
const pino = require('pino');

const [rate, most] = process.argv.slice(2).map(Number);
const target = pino.destination({ dest: 'service.log', sync: true });
const log = pino(target);
setInterval(() => {
  // Errors come in bursts, with all they know.
  const lines = Math.ceil(rate * (Math.random() < 0.1 ? 2.5 : 0.2 + Math.random() * 0.6) * 0.5);
  for (let i = 0; i < lines; i++) {
    log.info(
      { i, request: { url: `/orders/${i}`, headers: { token: Math.random().toString(36).repeat(40) } } },
      'served',
    );
  }
  if (most > 0 && fs.statSync('service.log').size > most * 2 ** 20) {
    fs.renameSync('service.log', 'service.log.1');
    target.reopen();
  }
}, 500);
