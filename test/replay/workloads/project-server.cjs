// Speaks to tsserver as an editor does. usage: node project-server.cjs FILES LINES keep|close HEAP
// FILES modules are opened one after the other, edited and asked for their errors; with `close` all but the last six are closed again.
const { spawn } = require('node:child_process');
const fs = require('node:fs');

const [files, lines, mode, heap] = process.argv.slice(2);
const server = spawn(
  process.execPath,
  [
    `--max-old-space-size=${heap}`,
    require.resolve('typescript/lib/tsserver.js', { paths: [process.env.NODE_PATH] }),
    '--disableAutomaticTypingAcquisition',
  ],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
let seq = 0;
server.stdout.resume();
server.on('exit', (code) => process.exit(code ?? 1));
const send = (command, args) =>
  server.stdin.write(`${JSON.stringify({ seq: ++seq, type: 'request', command, arguments: args })}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

fs.mkdirSync('code', { recursive: true });
fs.writeFileSync(
  'code/tsconfig.json',
  '{"compilerOptions":{"strict":true,"target":"es2022","module":"es2022","moduleResolution":"bundler"},"include":["open.ts"]}',
);
/** A module that is as long as one likes, its types nested so that checking them costs something. */
function text(number) {
  let all = number > 0 ? `import * as before from './m${number - 1}';\nexport const seen${number} = before;\n` : '';
  for (let i = 0; i < Number(lines); i++)
    all += `export type T${i} = { [K in 'a${i % 7}' | 'b${i}' | 'c']: { at: K; rest: ${i > 0 ? `T${i - 1}['c'] | ${i}` : 'number'} } };\nexport const v${i} = (x: T${i}): Partial<T${i}> => ({ ...x, c: x.c });\n`;
  return all;
}
async function main() {
  for (let i = 0; ; i++) {
    const number = i % Number(files);
    const file = `${process.cwd()}/code/m${number}.ts`;
    fs.writeFileSync(file, text(number));
    send('open', { file });
    send('geterr', { files: [file], delay: 10 });
    await pause(1500 + Math.random() * 2500);
    send('change', { file, line: 1, offset: 1, endLine: 1, endOffset: 1, insertString: `// edit ${i}\n` });
    send('geterr', { files: [file], delay: 10 });
    await pause(1000 + Math.random() * 2500);
    if (mode === 'close' && i >= 6) send('close', { file: `${process.cwd()}/code/m${(i - 6) % Number(files)}.ts` });
  }
}
void main();
