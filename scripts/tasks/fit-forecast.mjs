// npm run fit:forecast [-- --check]: fits the forecaster's tables to the recorded runs and writes them, or checks that they are the same.
import path from 'node:path';
import { readOptions } from '../options.mjs';
import { root, say } from '../toolchain.mjs';

const { values } = readOptions({ check: { type: 'boolean' } });
const { fitFrom, isCommitted, writeTables } = await import('../../test/bench/forecast/fit/fit.ts');
const { familiesTable, methodsTable, qualityLines } = await import('../../test/bench/forecast/table.ts');
const { methods, sets, quality, source } = await fitFrom(path.join(root, 'test/replay/traces'), say);
const balanced = methods.find(({ method }) => method.includes('balanced'));
process.stdout.write(
  `${[methodsTable(methods), methodsTable(sets), ...(balanced ? [familiesTable(balanced)] : []), qualityLines(quality)].join('\n\n')}\n`,
);
if (values.check) {
  const same = isCommitted(root, source);
  say(
    same
      ? 'src/forecast/tables.ts is what the fit writes.'
      : 'src/forecast/tables.ts differs from what the fit writes.',
  );
  process.exitCode = same ? 0 : 1;
} else writeTables(root, source);
