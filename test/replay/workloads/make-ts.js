// Writes TypeScript modules that are work for a type checker. usage: node make-ts.js FOLDER MODULES UNION_SIZE
import { mkdirSync, writeFileSync } from 'node:fs';

const [folder = 'ts', modules = '20', size = '20'] = process.argv.slice(2);
mkdirSync(`${folder}/src`, { recursive: true });
const names = Array.from({ length: Number(size) }, (_, i) => `'k${i}'`).join(' | ');
for (let module = 0; module < Number(modules); module += 1) {
  const text = `
type Keys${module} = ${names};
type Pairs${module} = { [A in Keys${module}]: { [B in Keys${module}]: \`\${A}-\${B}-${module}\` } };
type Paths${module} = Pairs${module}[Keys${module}][Keys${module}];
export type Table${module} = Record<Paths${module}, { readonly at: number; readonly name: Paths${module} }>;
export function look${module}<K extends Paths${module}>(table: Table${module}, key: K): { at: number; name: string; key: K } {
  const one = table[key];
  return { at: one.at, name: one.name, key };
}
export const list${module} = (t: Table${module}) => Object.values(t).map((one) => ({ ...one, wide: { ...one, again: { ...one } } }));
`;
  writeFileSync(`${folder}/src/m${module}.ts`, text);
}
writeFileSync(
  `${folder}/tsconfig.json`,
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      skipLibCheck: true,
      types: [],
      declaration: true,
      rootDir: 'src',
      outDir: 'out',
    },
    include: ['src'],
  }),
);
