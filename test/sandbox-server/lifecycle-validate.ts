import { asObject, BusinessError, ValidationError, type ValidationIssue } from './http.ts';
import type { SandboxSpec } from './sandbox.ts';

const reservedPrefix = 'opensandbox.io/';
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelPrefix = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Seconds a sandbox may live at most, as the server under observation was configured. */
const maxTimeoutSeconds = 86_400;

/** Parses a JSON body. Throws the framework's validation error for anything but an object. */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const ctx = { error: error instanceof Error ? error.message : String(error) };
    throw new ValidationError([{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx }]);
  }
  const body = asObject(value);
  if (body !== undefined) return body;
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  throw new ValidationError([{ type: 'model_attributes_type', loc: ['body'], msg, input: value }]);
}

/** Throws when metadata does not obey the rules of Kubernetes labels. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const fail = (message: string): never => {
    throw new BusinessError(400, 'INVALID_METADATA_LABEL', message);
  };
  for (const [key, value] of Object.entries(metadata)) {
    if (key.startsWith(reservedPrefix)) fail(`Metadata key '${key}' uses the reserved prefix '${reservedPrefix}'.`);
    const slash = key.indexOf('/');
    const name = slash < 0 ? key : key.slice(slash + 1);
    const isPrefixFine = slash < 0 || labelPrefix.test(key.slice(0, slash));
    if (!isPrefixFine || name.length > 63 || !labelName.test(name)) fail(`Metadata key '${key}' is invalid.`);
    if (value.length > 63 || (value !== '' && !labelName.test(value))) fail(`Metadata value '${value}' is invalid.`);
  }
}

/** Reads a dictionary of strings; what is wrong is added to the issues. */
function strings(body: Record<string, unknown>, field: string, issues: ValidationIssue[]): Record<string, string> {
  const value = body[field];
  if (value === undefined || value === null) return {};
  const object = asObject(value);
  if (object === undefined) {
    issues.push({ type: 'dict_type', loc: ['body', field], msg: 'Input should be a valid dictionary', input: value });
    return {};
  }
  const result: Record<string, string> = {};
  for (const [name, entry] of Object.entries(object)) {
    if (typeof entry === 'string') result[name] = entry;
    else
      issues.push({
        type: 'string_type',
        loc: ['body', field, name],
        msg: 'Input should be a valid string',
        input: entry,
      });
  }
  return result;
}

/** Checks the body of `POST /sandboxes`. Throws a validation error (422) or a business error (400). */
export function parseCreate(body: Record<string, unknown>, allowShortTtl: boolean): SandboxSpec {
  const issues: ValidationIssue[] = [];
  const { image, snapshotId, entrypoint, timeout } = body;
  const imageUri = asObject(image)?.['uri'];
  const hasImage = typeof imageUri === 'string' && imageUri !== '';
  const hasSnapshot = typeof snapshotId === 'string' && snapshotId !== '';
  if (body['resourceLimits'] === undefined) {
    issues.push({ type: 'missing', loc: ['body', 'resourceLimits'], msg: 'Field required', input: body });
  }
  if (hasImage === hasSnapshot) {
    const error = 'Exactly one of image or snapshotId must be provided.';
    issues.push({ type: 'value_error', loc: ['body'], msg: `Value error, ${error}`, input: body, ctx: { error: {} } });
  }
  const least = allowShortTtl ? 0.1 : 60;
  if (timeout !== undefined && timeout !== null) {
    if (typeof timeout !== 'number') {
      issues.push({
        type: 'int_type',
        loc: ['body', 'timeout'],
        msg: 'Input should be a valid integer',
        input: timeout,
      });
    } else if (timeout < least) {
      const msg = `Input should be greater than or equal to ${least}`;
      issues.push({ type: 'greater_than_equal', loc: ['body', 'timeout'], msg, input: timeout, ctx: { ge: least } });
    }
  }
  const isArgv = Array.isArray(entrypoint) && entrypoint.every((argument) => typeof argument === 'string');
  if (entrypoint !== undefined && !isArgv) {
    issues.push({
      type: 'list_type',
      loc: ['body', 'entrypoint'],
      msg: 'Input should be a valid list',
      input: entrypoint,
    });
  }
  const resourceLimits = strings(body, 'resourceLimits', issues);
  const metadata = strings(body, 'metadata', issues);
  const env = strings(body, 'env', issues);
  const extensions = strings(body, 'extensions', issues);
  if (issues.length > 0) throw new ValidationError(issues);

  const argv = isArgv ? (entrypoint as string[]) : [];
  if (argv.length === 0 && hasImage) {
    throw new BusinessError(400, 'SANDBOX::INVALID_ENTRYPOINT', 'Entrypoint must contain at least one command.');
  }
  checkMetadata(metadata);
  if (typeof timeout === 'number' && timeout > maxTimeoutSeconds) {
    const message = `Sandbox timeout ${timeout}s exceeds configured maximum of ${maxTimeoutSeconds}s.`;
    throw new BusinessError(400, 'SANDBOX::INVALID_PARAMETER', message);
  }
  const renewSeconds = extensions['access.renew.extend.seconds'];
  const isRenewFine = renewSeconds === undefined || (/^\d+$/.test(renewSeconds) && Number(renewSeconds) <= 86_400);
  if (!isRenewFine || (renewSeconds !== undefined && !allowShortTtl && Number(renewSeconds) < 300)) {
    const message = `extensions["access.renew.extend.seconds"] must be between 300 and 86400, got ${renewSeconds}.`;
    throw new BusinessError(400, 'SANDBOX::INVALID_PARAMETER', message);
  }
  if (hasImage && imageUri.startsWith('missing/')) {
    throw new BusinessError(500, 'DOCKER::SANDBOX_IMAGE_PULL_FAILED', `Failed to pull image ${imageUri}: not found`);
  }
  return {
    ...(hasImage ? { imageUri } : {}),
    ...(hasSnapshot ? { snapshotId } : {}),
    entrypoint: argv.length === 0 ? ['tail', '-f', '/dev/null'] : argv,
    resourceLimits,
    ...(typeof timeout === 'number' ? { timeoutSeconds: timeout } : {}),
    metadata,
    env,
    extensions,
  };
}

/** Epoch milliseconds of the `expiresAt` of a renewal: RFC 3339 (a naive time is UTC) or epoch seconds. */
export function parseExpiresAt(value: unknown, body: unknown): number {
  if (value === undefined) {
    throw new ValidationError([{ type: 'missing', loc: ['body', 'expiresAt'], msg: 'Field required', input: body }]);
  }
  if (typeof value === 'number') return value > 2e10 ? value : value * 1000;
  if (typeof value === 'string') {
    const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(value);
    const parsed = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(hasZone ? value : `${value}Z`) : Number.NaN;
    if (!Number.isNaN(parsed)) return parsed;
  }
  const msg = 'Input should be a valid datetime or date, invalid character in year';
  const ctx = { error: 'invalid character in year' };
  throw new ValidationError([
    { type: 'datetime_from_date_parsing', loc: ['body', 'expiresAt'], msg, input: value, ctx },
  ]);
}
