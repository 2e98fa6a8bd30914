// JavaScript in the place of native add-ons, so that code-server needs no compiler, no install script and no system package.
// Everything a test looks at (terminals, output channels, file watching) works with them; password login and log rotation do not.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// Without an spdlog every output channel stays empty, because the workbench reads channels back from their log files.
const spdlog = `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const labels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
const methods = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
const two = (n, width = 2) => String(n).padStart(width, '0');
let commonLevel = 2;
class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = commonLevel;
    this.bare = false;
    if (file) fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  write(level, message) {
    if (level < this.level || !this.file) return;
    const d = new Date();
    const day = [d.getFullYear(), two(d.getMonth() + 1), two(d.getDate())].join('-');
    const time = [two(d.getHours()), two(d.getMinutes()), two(d.getSeconds())].join(':') + '.' + two(d.getMilliseconds(), 3);
    const line = this.bare ? message : day + ' ' + time + ' [' + labels[level] + '] ' + message + '\\n';
    // The folder is removed while the server ends; a lost last line is fine then.
    try { fs.appendFileSync(this.file, line); } catch {}
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.bare = true; }
  flush() {}
  drop() { this.file = undefined; }
}
methods.forEach((name, level) => { Logger.prototype[name] = function (message) { this.write(level, message); }; });
exports.version = 11100;
exports.setLevel = (level) => { commonLevel = level; };
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (name, file) => new Logger('rotating', name, file);
`;

const watchdog = 'exports.start = () => {};\nexports.exit = (code) => process.exit(code);\n';

// Password login only; the tests use none. Newer code-server brings a prebuilt one.
const argon2 = `'use strict';
const refuse = async () => { throw new Error('this code-server was installed without argon2; start it with --auth none'); };
exports.hash = refuse;
exports.verify = refuse;
`;

/**
 * Puts the stand-ins into the folders that exist.
 * @param modules the node_modules folder of code-server's lib/vscode
 */
export function writeStandIns(modules) {
  const put = (name, file, text) => {
    if (!existsSync(path.join(modules, name))) return;
    const target = path.join(modules, name, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  put('@vscode/spdlog', 'index.js', spdlog);
  put('@vscode/native-watchdog', 'build/Release/watchdog.js', watchdog);
  put('native-watchdog', 'build/Release/watchdog.js', watchdog);
}

/** Replaces the argon2 of an old code-server, which exists only as C source. */
export function writeArgon2(modules) {
  writeFileSync(path.join(modules, 'argon2', 'argon2.js'), argon2);
}
