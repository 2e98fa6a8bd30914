/** Finds a desktop VS Code that tests can start. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * The VS Code executable: $FORESIGHT_CODE, or the one the `code` command in PATH belongs to.
 * @returns undefined when there is none, or no screen to open it on
 */
export function desktopCode(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['FORESIGHT_CODE'];
  if (named) return named;
  if (process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return undefined;
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const command = path.join(folder, process.platform === 'win32' ? 'code.cmd' : 'code');
    if (!fs.existsSync(command)) continue;
    // The command is a script in VS Code's bin folder; inside a terminal of VS Code in the browser it is something else.
    const bin = path.dirname(fs.realpathSync(command));
    const candidates = [
      path.join(bin, '..', process.platform === 'win32' ? 'Code.exe' : 'code'),
      path.join(bin, '..', '..', '..', 'MacOS', 'Electron'),
      path.join(bin, '..', '..', '..', 'MacOS', 'Code'),
    ];
    const found = candidates.find((file) => fs.existsSync(file) && fs.statSync(file).isFile());
    if (found !== undefined) return found;
  }
  return undefined;
}
