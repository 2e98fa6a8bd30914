// Waits until the editor has activated the extension by itself, and writes down the marks that the extension host set meanwhile.
const fs = require('node:fs');
const vscode = require('vscode');

const id = 'sandbox-foresight.sandbox-foresight';
const file = process.env.FORESIGHT_ACTIVATION_FILE;

exports.activate = () => {
  const timer = setInterval(() => {
    if (!vscode.extensions.getExtension(id)?.isActive) return;
    clearInterval(timer);
    const marks = globalThis.MonacoPerformanceMarks?.getMarks() ?? [];
    const at = (name) => marks.find((mark) => mark.name === `code/extHost/${name}/${id}`)?.startTime ?? null;
    const times = {
      willLoadMs: at('willLoadExtensionCode'),
      didLoadMs: at('didLoadExtensionCode'),
      willActivateMs: at('willActivateExtension'),
      didActivateMs: at('didActivateExtension'),
      version: vscode.version,
    };
    fs.writeFileSync(`${file}.part`, JSON.stringify(times));
    fs.renameSync(`${file}.part`, file);
  }, 100);
};
