// A service that writes and never removes: files in its own folder, until there is no room for more, which it does not survive.
//   --rate-mib   MiB written per second          --file-mib      size of one file in MiB
import { closeSync, openSync, writeSync } from 'node:fs';
import { everyQuarter, mib, readOptions } from './memory.mjs';

const options = readOptions({ 'rate-mib': 1, 'file-mib': 8 });
const block = Buffer.alloc(64 * 1024, 'log ');

let file = null;
let fileBytes = 0;
let count = 0;
let debtBytes = 0;
console.log('writing');

everyQuarter((seconds) => {
  debtBytes += options['rate-mib'] * mib * seconds;
  while (debtBytes >= block.length) {
    if (file === null || fileBytes >= options['file-mib'] * mib) {
      if (file !== null) closeSync(file);
      count += 1;
      file = openSync(`part-${count}.log`, 'w');
      fileBytes = 0;
    }
    const written = writeSync(file, block);
    fileBytes += written;
    debtBytes -= written;
  }
});
