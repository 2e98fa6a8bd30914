// A reporter for vitest that keeps errors which belong to no test: a run with such has failed, whatever a second run of its files would say.
import { writeFileSync } from 'node:fs';

export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    const file = process.env.FORESIGHT_UNHANDLED_FILE;
    if (file && errors.length > 0) writeFileSync(file, errors.map((error) => String(error?.stack ?? error)).join('\n'));
  }
}
