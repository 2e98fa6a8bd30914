// Writes JavaScript modules for a bundler. usage: node make-js.js FOLDER MODULES KIB_EACH
import { mkdirSync, writeFileSync } from 'node:fs';

const [folder = 'js', modules = '200', kib = '20'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
let entry = '';
for (let module = 0; module < Number(modules); module += 1) {
  let text = '';
  for (let i = 0; text.length < Number(kib) * 1024; i += 1)
    text += `export const f${i} = (a, b) => { const x${i} = [a, b, ${i}, 'text ${module} ${i}'].map((v) => ({ v, n: typeof v })); return x${i}.filter((o) => o.n === 'number').length + ${module}; };\n`;
  writeFileSync(`${folder}/m${module}.js`, text);
  entry += `import * as m${module} from './m${module}.js'; globalThis['m${module}'] = m${module};\n`;
}
writeFileSync(`${folder}/index.js`, entry);
