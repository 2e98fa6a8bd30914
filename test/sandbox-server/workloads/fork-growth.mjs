// A service that starts helpers and never waits for their end, until it may not start another one, which it does not survive.
//   --rate       helpers started per second
import { spawn } from 'node:child_process';
import { everyQuarter, readOptions } from './memory.mjs';

const options = readOptions({ rate: 1 });

let due = 0;
let count = 0;
console.log('starting helpers');

everyQuarter((seconds) => {
  due += options.rate * seconds;
  for (; due >= 1; due -= 1) {
    // A helper that cannot be started is an error nobody listens for: it ends the service.
    spawn('sleep', ['3600'], { stdio: 'ignore' });
    count += 1;
    if (count % 25 === 0) console.log(`${count} helpers`);
  }
});
