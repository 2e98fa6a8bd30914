import { openManifest, ownWorkspace } from './common-fixes.ts';
import { category, editor, says, shell } from './record.ts';

/** Installing Python packages. */
export const pythonPackagePatterns = category('package-manager', [
  {
    slug: 'python-version-mismatch',
    title: 'The project wants another version of Python',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\brequires a different Python: |\bRequires-Python\b|\bMissing parentheses in call to 'print'/),
      says(
        /\b(?:requires|required|needs|supports) Python (?:version )?(?:>=|<|==|~=|\^)? ?'?(?<version>\d\.\d{1,2})/i,
        3,
      ),
      says(
        /\bis incompatible with the project's Python requirement\b|\bNo interpreter found for Python (?<version>\d\.\d{1,2})/,
      ),
      says(
        /\bThe currently activated Python version \S{1,20} is not supported by the project\b(?: \([>=~^]{0,2}(?<wantedPython>\d\.\d{1,2}))?|\brequires-python\b.{0,80}\b(?:incompatible|not satisfied|does not)/i,
      ),
      says(
        /\bNo interpreter found for (?:C?Python|PyPy)? ?[<>=~!^]{1,2} ?(?<version>\d\.\d{1,2})|\bNoPythonVersion\b|\bpyenv: version [`']|\bcannot locate Python: ?\d|\bunsupported operand type\(s\) for \|: 'type' and\b/,
      ),
      says(
        /\bPython (?<version>3\.\d{1,2})(?:\.\d{1,2})? ?(?:\+|or (?:later|newer|higher|above)) (?:is )?required\b|\brequires at least Python \d|\bneeds? at least Python \d/,
      ),
      says(
        /\bCurrent Python version \(\S{1,20}\) is not allowed by the project\b(?: \([>=~^]{0,2}(?<wantedPython>\d\.\d{1,2}))?|^Warning: Python \d\.\d{1,2} was not found on your system|\bcould not find python interpreter (?:with|matching any of the) specs?\b|^Python interpreter (?<version>\d\.\d{1,2}) not found\b/,
      ),
    ],
    vetoes: [/\bNo matching distribution found\b/, /\bUnsatisfiableError\b/],
    cause: 'The image has another version of Python than the project asks for.',
    fixes: [
      shell(
        'make-venv',
        'Make an environment with another Python',
        'confirm',
        // Older versions of uv replace an environment that is there, with all that was installed in it by hand.
        'if [ -e .venv ]; then echo ".venv is there already: nothing was changed." >&2; false; else uv venv --python {version}; fi',
        'python -V',
      ),
      shell('list-pythons', 'Show which there are', 'safe', 'ls /usr/bin/python3* /usr/local/bin/python3* 2>/dev/null'),
    ],
    docs: 'https://docs.astral.sh/uv/pip/environments/',
  },
  {
    slug: 'pip-no-matching-distribution',
    title: 'pip finds no fitting package',
    severity: 'medium',
    priority: 5,
    signals: [
      says(/\bNo matching distribution found for (?<package>[\w.[\]-]{1,120})/),
      says(/\bCould not find a version that satisfies the requirement (?<package>[\w.[\]-]{1,120})/),
      says(
        /\b(?:Because|because) (?<package>[\w.-]{1,80}) was not found in the package registry\b|\bNo solution found when resolving dependencies\b/,
        3,
      ),
    ],
    // A network that was tried to the end, or a certificate, is named above.
    vetoes: [
      /\bRetrying \(Retry\(total=0\b.{0,400}\b(?:refused|timed out|resolution|not known|unreachable|reset by peer)\b/i,
      /\bCould not fetch URL .{1,300}: There was a problem confirming the ssl certificate\b/,
    ],
    cause: 'pip says the same for a wrong version, a wrong name, a login, a busy index and a network without an exit.',
    fixes: [
      shell(
        'ask-index',
        'Ask the index what it answers[ for {package}]',
        'safe',
        'pip index versions {package}; pip config list',
      ),
      { ...openManifest, id: 'relax-version', title: 'Open the requirement' },
    ],
    docs: 'https://pip.pypa.io/en/stable/cli/pip_index/',
  },
  {
    slug: 'pip-resolution-conflict',
    title: 'The requirements contradict each other',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bResolutionImpossible\b|\bhave conflicting dependencies\b|\bThe conflict is caused by\b/),
      says(
        /\bLibMambaUnsatisfiableError\b|\bUnsatisfiableError\b|\bCould not find compatible versions\b|\bUnsatisfiable requirements detected\b|\bversion solving has failed\b/,
      ),
      says(
        /\bversion solving failed\b|\bwe can conclude that .{0,300}\brequirements are unsatisfiable\b|\bCould not find a version that matches\b.{0,200}|\bYour requirements could not be resolved to an installable set of packages\b|\bBundler could not find compatible versions\b|\bfailed to select a version for `\S{1,80}`/,
      ),
      says(
        /\bCould not solve for environment specs\b|\bHex dependency resolution failed\b|\bcabal: Could not resolve dependencies\b|\bNU1107\b|\bDependencies could not be resolved because\b|\bVersion conflict: |\bYour dependencies could not be resolved\b|\bDependency convergence error\b|\bfound version conflict\(s\)|\bcould not find compatible versions for pod\b/,
      ),
      says(/^(?:\[ERROR\] )?Package conflict!$/),
    ],
    vetoes: [
      /\b(?:could not find package|which doesn't exist)\b/,
      /\bwas not found in the package registry\b|\bthere (?:is|are) no versions? of\b|\bNo matching distribution\b/,
    ],
    cause: 'Two pinned versions exclude each other.',
    fixes: [
      { ...openManifest, id: 'open-both-requirements', title: 'Open both requirements' },
      shell('show-dependency-tree', 'Show who asks for what', 'safe', 'pip check; pip list'),
    ],
    docs: 'https://pip.pypa.io/en/stable/topics/dependency-resolution/',
  },
  {
    slug: 'pip-externally-managed',
    title: 'pip may not install into the Python of the system',
    severity: 'low',
    priority: 8,
    signals: [
      says(/\bexternally[- ]managed[- ]environment\b|\bThis environment is externally managed\b/),
      says(/\binterpreter at \S{1,120} is externally managed\b/),
    ],
    exitCodes: [1],
    cause: 'The distribution keeps its Python for itself.',
    fixes: [
      shell(
        'create-venv',
        'Make an environment of the project',
        'confirm',
        'python3 -m venv .venv && .venv/bin/pip install -r requirements.txt',
        'pip list in the environment',
      ),
      editor('select-interpreter', 'Use the environment in the editor', 'safe', 'Python: Select Interpreter', null),
    ],
    docs: 'https://peps.python.org/pep-0668/',
  },
  {
    slug: 'pip-eacces',
    title: 'pip may not write there',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bCould not install packages due to an (?:OSError|EnvironmentError): \[Errno 13\]/),
      says(/\bConsider using the `--user` option or check the permissions\b/),
      says(
        /\bThe directory '\S{1,200}\/(?:pip|\.cache\/pip)\S{0,60}' or its parent directory is not owned or is not writable\b/,
        3,
      ),
      says(
        /\bfailed to (?:create|write|install|remove)\b.{0,120}\b(?:site|dist)-packages\b.{0,200}\bPermission denied\b/,
      ),
    ],
    cause: 'The packages belong to root, and the user of the sandbox does not.',
    fixes: [
      shell(
        'use-venv',
        'Install into an environment of the project',
        'confirm',
        'python3 -m venv .venv && .venv/bin/pip install -r requirements.txt',
        'pip list in the environment',
      ),
      ownWorkspace,
    ],
    docs: 'https://pip.pypa.io/en/stable/user_guide/#user-installs',
  },
]);
