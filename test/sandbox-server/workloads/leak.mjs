// A service that leaks: anonymous memory grows by a constant rate, with a sawtooth on top as a garbage collector makes it.
//   --rate-mib   leak in MiB per second          --saw-mib      height of the sawtooth in MiB
//   --start-mib  memory in use at the start      --saw-seconds  length of one tooth
//   --delay-seconds  how long nothing leaks at first
import { anonymousBytes, everyQuarter, mib, Region, readOptions } from './memory.mjs';

const options = readOptions({
  'rate-mib': 2,
  'saw-mib': 8,
  'start-mib': 60,
  'saw-seconds': 6,
  'delay-seconds': 0,
});

const chunkBytes = 64 * mib;
const leaked = [];

function leak(bytes) {
  let left = bytes;
  while (left > 0) {
    let chunk = leaked.at(-1);
    if (chunk === undefined || chunk.usedBytes >= chunkBytes) {
      chunk = new Region(chunkBytes);
      leaked.push(chunk);
    }
    const step = Math.min(left, chunkBytes - chunk.usedBytes);
    chunk.growTo(chunk.usedBytes + step);
    left -= step;
  }
}

leak(Math.max(0, options['start-mib'] * mib - anonymousBytes()));
console.log(`service started, ${Math.round(anonymousBytes() / mib)} MiB in use`);

let passedSeconds = 0;
let toothSeconds = 0;
let saw = new Region(options['saw-mib'] * mib);
let debtBytes = 0;

everyQuarter((seconds) => {
  passedSeconds += seconds;
  toothSeconds += seconds;
  if (passedSeconds > options['delay-seconds']) {
    debtBytes += options['rate-mib'] * mib * seconds;
    const whole = Math.floor(debtBytes / 4096) * 4096;
    leak(whole);
    debtBytes -= whole;
  }
  if (toothSeconds >= options['saw-seconds']) {
    toothSeconds = 0;
    saw.drop();
    saw = new Region(options['saw-mib'] * mib);
    console.log(`${Math.round(passedSeconds)} s: ${Math.round(anonymousBytes() / mib)} MiB in use`);
  }
  saw.growTo((options['saw-mib'] * mib * toothSeconds) / options['saw-seconds']);
});
