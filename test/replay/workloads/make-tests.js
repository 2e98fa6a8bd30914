// Writes test files for jest or mocha: node make-tests.js FOLDER FILES MIB SECONDS keep|free
// A file needs MIB for what it tests; with keep its handler stays on an object all files share, as it does with a forgotten listener.
import { mkdirSync, writeFileSync } from 'node:fs';

const [folder, files, mib, seconds, mode] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const after = mode === 'free' ? "after(() => { agent.off('free', handler); rows = []; });" : '';
for (let n = 0; n < Number(files); n++)
  writeFileSync(
    `${folder}/part${String(n).padStart(3, '0')}.test.js`,
    `const agent = require('node:http').globalAgent;
agent.setMaxListeners(0);
const after = typeof afterAll === 'function' ? afterAll : globalThis.after;
let rows = [];
const handler = () => rows.length;
describe('part ${n}', () => {
  it('loads its rows', async () => {
    const many = Math.round(${mib} * 16000 * (0.3 + 1.4 * Math.random()));
    rows = Array.from({ length: many }, (_, i) => ({ i, name: 'row ' + i, price: Math.random() }));
    agent.on('free', handler);
    await new Promise((done) => setTimeout(done, ${seconds} * 1000));
  });
  it('finds one', () => {
    if (rows.find((row) => row.i === 7) === undefined) throw new Error('not there');
  });
  ${after}
});
`,
  );
