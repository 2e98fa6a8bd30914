// A build that comes close to the limit and recovers, again and again: high pressure that is not a break.
//   --limit-mib     the limit of the sandbox       --peak          share of the limit at the peak
//   --rise-seconds  how long the rise takes        --hold-seconds  how long it stays at the peak
//   --rest-seconds  how long it rests in between   --times         how many builds, then it stays idle
import { anonymousBytes, everyQuarter, mib, Region, readOptions } from './memory.mjs';

const options = readOptions({
  'limit-mib': 256,
  peak: 0.95,
  'rise-seconds': 20,
  'hold-seconds': 3,
  'rest-seconds': 10,
  times: 1,
});

const baseBytes = anonymousBytes();
const peakBytes = options['limit-mib'] * mib * options.peak;
const cycleSeconds = options['rise-seconds'] + options['hold-seconds'] + options['rest-seconds'];
let region;
let cycle = 0;
let seconds = 0;
console.log('build started');

everyQuarter((passed) => {
  if (cycle >= options.times) return;
  seconds += passed;
  const isBuilding = seconds < options['rise-seconds'] + options['hold-seconds'];
  if (isBuilding) {
    region ??= new Region(peakBytes);
    region.growTo((peakBytes - baseBytes) * Math.min(1, seconds / options['rise-seconds']));
  } else if (region !== undefined) {
    console.log(`build finished at ${Math.round(anonymousBytes() / mib)} MiB`);
    region.drop();
    region = undefined;
  }
  if (seconds >= cycleSeconds) {
    seconds = 0;
    cycle += 1;
  }
});
