/** Parts of command lines that several fixes share. */

/** Before a command that needs root: where there is no sudo, as in most images, the user mostly is root already. */
export const asRoot = '$(command -v sudo)';

/** @returns a command line that installs packages of the system: their names in Debian, in Alpine, and in Fedora and its like. */
export const systemPackages = (apt: string, apk: string, dnf: string): string =>
  `if command -v apt-get >/dev/null; then ${asRoot} apt-get update && ${asRoot} apt-get install -y ${apt}; ` +
  `elif command -v apk >/dev/null; then ${asRoot} apk add ${apk}; else ${asRoot} dnf install -y ${dnf}; fi`;

/**
 * @param locks lockfiles of a Node project, of which one is there
 * @returns a command line that installs from nothing; where no lockfile could bring back what is there, nothing is removed
 */
export const fromNothing = (locks: readonly string[], install: string): string =>
  `if ${locks.map((lock) => `[ -f ${lock} ]`).join(' || ')}; then rm -rf node_modules && ${install}; ` +
  'else echo "No lockfile: nothing was changed." >&2; false; fi';

/** Makes nvm known, which is a function of the shell and no program. What it switches ends with that shell. */
export const withNvm = '. "${NVM_DIR:-$HOME/.nvm}/nvm.sh"';

/** Makes a new file for output, so that nothing is overwritten, and says which one: `$f` from then on. */
const newFile = 'f=$(mktemp "${TMPDIR:-/tmp}/output.XXXXXX") && echo "The output goes to $f"';

/** Runs the failed command with its output going to a new file. */
export const intoFile = `${newFile} && {command} >"$f" 2>&1`;

/** Runs the failed command on its own; its output goes to a new file. */
export const inBackground = `${newFile}; nohup {command} >"$f" 2>&1 &`;

/** What belongs to the system: after it was given to somebody, sudo and much else refuse to work. */
const ofSystem = [
  ...['/', '//', '/home/', '/bin/*', '/boot/*', '/dev/*', '/etc/*', '/lib/*', '/lib64/*', '/proc/*', '/run/*'],
  ...['/sbin/*', '/sys/*', '/usr/', '/usr/[!l]*', '/usr/lib*', '/var/', '/var/[!w]*'],
].join(' | ');

/** @returns a command line that gives a person their files back. The path is one that an error names, so it may lead anywhere. */
export const owning = (path: string): string =>
  `p=$(readlink -f -- ${path}); case "$p/" in ${ofSystem}) echo "$p belongs to the system" >&2; false ;; ` +
  `*) ${asRoot} chown -R "$(id -u):$(id -g)" "$p" ;; esac`;
