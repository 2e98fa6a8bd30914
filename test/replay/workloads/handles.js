// Open files of a Node.js program. usage: node handles.js --every=150 --most=0 --close=0
import { closeSync, openSync } from 'node:fs';

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const number = (name, other) => Number(options[name] ?? other);
const open = [];
let id = 0;
setInterval(
  () => {
    if (number('most', 0) > 0 && open.length >= number('most', 0)) closeSync(open.shift());
    open.push(openSync(`handle-${id++ % 100}`, 'a'));
    if (Math.random() < number('close', 0)) closeSync(open.splice(Math.floor(Math.random() * open.length), 1)[0]);
  },
  number('every', 150),
);
