// A service that opens files and never closes them, until it may not open another one, which it does not survive.
//   --rate       files opened per second
import { openSync } from 'node:fs';
import { everyQuarter, readOptions } from './memory.mjs';

const options = readOptions({ rate: 2 });

let due = 0;
console.log('opening files');

everyQuarter((seconds) => {
  due += options.rate * seconds;
  for (; due >= 1; due -= 1) openSync('/dev/null', 'r');
});
