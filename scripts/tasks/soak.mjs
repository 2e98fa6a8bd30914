// npm run soak [-- --minutes N] [--json]: watches the place this runs in for an hour, as the editor would, and says what it cost and whether it grew.
import { readOptions } from '../options.mjs';
import { say } from '../toolchain.mjs';

const { values } = readOptions({ minutes: { type: 'string' }, json: { type: 'boolean' } });
const minutes = Number(values.minutes ?? 60);
if (!(minutes > 0) || !Number.isFinite(minutes)) {
  say('Write the minutes as a number: npm run soak -- --minutes 5');
  process.exit(2);
}
const { soak } = await import('../../test/bench/soak.ts');
const result = await soak(minutes, say);
const { readings, corePercent, growthBytesPerHour, openFilesGrown, verdict } = result;
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : [
        `${readings} readings in ${minutes} min`,
        `${corePercent.toFixed(3)} % of a core (goal: below 0.3)`,
        `heap after collection grows by ${(growthBytesPerHour / 1024).toFixed(1)} KiB an hour, ± ${(result.noiseBytesPerHour / 1024).toFixed(1)}`,
        `open files: ${openFilesGrown >= 0 ? '+' : ''}${openFilesGrown}`,
        verdict === null
          ? 'Within its bounds: below 0.3 % of a core, below 512 KiB an hour, no file left open.'
          : verdict,
        '',
      ].join('\n'),
);
process.exitCode = verdict === null ? 0 : 1;
