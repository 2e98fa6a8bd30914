// webpack --watch -c webpack.watch.cjs: bundles ./js. With KEEP=1 a plugin of the house keeps every compilation for its report.
const path = require('node:path');

const compilations = [];
const report = {
  apply(compiler) {
    compiler.hooks.done.tap('report', (stats) => {
      compilations.push({ stats, modules: stats.toJson({ all: false, modules: true, source: true, reasons: true }) });
    });
  },
};
module.exports = {
  mode: 'development',
  context: process.cwd(),
  entry: path.resolve('js/index.js'),
  output: { path: path.resolve('out') },
  plugins: process.env.KEEP === '1' ? [report] : [],
};
