import { catalogue } from '../../src/diagnosis/catalogue/catalogue.ts';
import type { ErrorPattern } from '../../src/diagnosis/catalogue/pattern.ts';

/** Every record of the catalogue as a person may meet it: as it stands, and as each of its variants words it. */
export const everyRecord: readonly ErrorPattern[] = catalogue.flatMap((pattern) => [
  pattern,
  ...pattern.variants.map(({ instead }) => ({ ...pattern, ...instead })),
]);
