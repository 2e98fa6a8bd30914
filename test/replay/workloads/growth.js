// Memory growth of a Node.js service, as it really looks: what is kept, the garbage around it, and the pauses between.
// usage: node growth.js --keep=buffers|objects|strings|map --mib=0.8 --garbage=20 --shape=linear|accelerating|steps|late|level --top=0 --delay=0
import { writeFileSync } from 'node:fs';

const options = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, '').split('=')));
const number = (name, other) => Number(options[name] ?? other);
const mebibyte = 2 ** 20;
const perSecond = number('mib', 1) * mebibyte;
const garbage = number('garbage', 0) * mebibyte;
const top = number('top', 0) * mebibyte;
const delaySeconds = number('delay', 0);
const shape = options.shape ?? 'linear';
let seed = Number(process.env.SEED ?? 1);
const random = () => {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return seed / 2 ** 32;
};

const makers = {
  buffers: (bytes) => Buffer.alloc(bytes, 1),
  strings: (bytes) => Array.from({ length: Math.max(1, Math.round(bytes / 2_048)) }, () => `${random()}`.repeat(110)),
  objects: (bytes) =>
    Array.from({ length: Math.max(1, Math.round(bytes / 120)) }, (_, i) => ({ id: i, at: random(), name: 'x' })),
  map: (bytes) => new Map(Array.from({ length: Math.max(1, Math.round(bytes / 90)) }, (_, i) => [`${random()}`, i])),
};
const make = makers[options.keep ?? 'buffers'];
const kept = [];
let keptBytes = 0;
let second = 0;
let waste = [];

setInterval(() => {
  second += 0.25;
  if (options.heartbeat && process.env.HB_FILE) writeFileSync(process.env.HB_FILE, 'x');
  for (let left = garbage / 4; left > 0; left -= 65_536) waste.push(makers.objects(65_536));
  if (waste.length > 60 + random() * 200) waste = [];
  if (second < delaySeconds) return;
  let bytes = (perSecond / 4) * (0.5 + random());
  if (shape === 'accelerating') bytes *= 1 + (second - delaySeconds) / 40;
  if (shape === 'steps') bytes = second % 20 < 19.75 ? 0 : perSecond * 20;
  if (shape === 'level') bytes *= Math.max(0, 1 - keptBytes / top);
  if (top > 0 && keptBytes + bytes > top) {
    if (shape === 'level') return;
    // A cache with a limit: the oldest go.
    while (kept.length > 0 && keptBytes + bytes > top) keptBytes -= kept.shift().bytes;
  }
  if (bytes < 1) return;
  kept.push({ bytes, what: make(Math.round(bytes)) });
  keptBytes += bytes;
}, 250);
