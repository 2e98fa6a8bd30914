import { category, editor, manual, says } from './record.ts';

/** Settings the program expects. */
export const configPatterns = category('config', [
  {
    slug: 'env-var-missing',
    title: 'An environment variable is missing',
    severity: 'medium',
    priority: 5,
    signals: [
      says(/\bKeyError: '(?<variable>[A-Z][A-Z0-9_]{2,60})'/, 3),
      says(
        /\b(?<variable>[A-Z][A-Z0-9_]{2,60}): (?:unbound variable|must be set|parameter null or not set|parameter not set|nicht gesetzt|Variable ohne Wert)/,
        3,
      ),
      says(
        /(?:^|[\s"'`(:$])(?<variable>[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,50}|[A-Z]{2,30}URL)["'`)]? (?:is|was|environment variable is|must be|env var is) (?:not set|not defined|missing|required|undefined|unset|set|empty|not provided)\b/,
        3,
      ),
      says(
        /\b(?:[Mm]issing|[Rr]equired|[Uu]ndefined|[Uu]nset|could not find|not found:?) (?:required )?(?:env(?:ironment)?(?: |-)?)?(?:var(?:iable)?s?|key)?:? ?["'`]?(?<variable>[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,50})\b/,
        3,
      ),
      says(
        /\b[Ee]nvironment variable ["'`]?(?<variable>[A-Z][A-Z0-9_]{2,60})["'`]?\b.{0,60}\b(?:not (?:set|found|defined|present)|missing|required|undefined|empty|must be)/,
      ),
      says(
        /\benvironment variable not found\b|\b(?:could not fetch environment variable|System\.EnvironmentError)\b|\bkey not found: "(?<variable>[A-Z][A-Z0-9_]{2,60})"/,
        3,
      ),
      says(/(?:^|[\s"'`(:$])(?<variable>[A-Z][A-Z0-9_]{2,60})["'`)]? (?:is not set|must be set|not set|is unset)\b/, 3),
      says(
        /\b[Ii]nvalid environment variables\b|\b[Mm]issing ENV key: "(?<key>[A-Z][A-Z0-9_]{2,60})"|\bSet the (?<variable>[A-Z][A-Z0-9_]{2,60}) environment variable\b|\bmissing (?:required )?env(?:ironment)?(?: variables?|s)?: (?<env>[A-Z][A-Z0-9_]{2,60})\b/,
        3,
      ),
      says(/\bValidationError: \d{1,3} validation errors? for \w{0,40}Settings$/, 3, { near: /\bField required\b/ }),
      says(/\benv: (?<variable>[A-Z][A-Z0-9_]{2,60}) (?:not set|missing)/, 3),
      says(
        /\b(?:[Ss]etting|[Ss]et|[Dd]efine|[Pp]rovide|[Ee]xport) (?:the )?[`'"]?(?<variable>[A-Z][A-Z0-9_]{2,60})[`'"]? (?:environment|env) var|\bCould not resolve placeholder '(?<spring>[\w.-]{1,80})'|\bNo value for required variable\b|\bvalue: NotPresent$/,
        3,
      ),
      says(
        /\b(?<variable>[A-Z][A-Z0-9_]{2,60}) (?:setting )?must not be empty\b|\bMissing encryption key to decrypt file\b|\bNo application encryption key has been specified\b|\bUndefinedValueError: (?<decouple>[A-Z][A-Z0-9_]{2,60}) not found\b|\bset `(?<sqlx>[A-Z][A-Z0-9_]{2,60})` to use\b/,
      ),
    ],
    vetoes: [
      /\bJAVA_HOME\b/,
      /\bTERM environment variable\b/,
      /\bDISPLAY\b/,
      /\bNODE_OPTIONS\b/,
      /\bCMAKE_[A-Z_]{2,40}\b/,
    ],
    cause: 'Secrets and settings are not handed to this sandbox.',
    fixes: [
      editor(
        'open-env-file',
        'Set it in .env[: {variable}]',
        'safe',
        '.env, made from .env.example',
        'the program starts',
      ),
      manual('inject-variable', 'Give it to the sandbox', 'environment or secrets of the sandbox'),
    ],
    docs: 'https://12factor.net/config',
  },
]);
