// Reads page after page in jsdom, as a scraper or a test runner does. usage: node reader.cjs PAGES_A_MINUTE ROWS KEEP (percent of the windows that stay open)
const { JSDOM } = require('jsdom');

const [perMinute, rows, keep] = process.argv.slice(2).map(Number);
const open = [];
let read = 0;

function page(n) {
  const lines = Array.from(
    { length: rows + ((n * 37) % rows) },
    (_, i) => `<tr><td>${n}</td><td>item ${i}</td><td><a href="/p/${n}/${i}">more</a></td></tr>`,
  );
  return `<!doctype html><title>${n}</title><table>${lines.join('')}</table><script>window.total = document.querySelectorAll('tr').length</script>`;
}

setInterval(() => {
  read += 1;
  const dom = new JSDOM(page(read), { runScripts: 'dangerously', url: 'http://127.0.0.1/' });
  const links = dom.window.document.querySelectorAll('a').length;
  if ((read * 61) % 100 < keep) open.push(dom);
  else dom.window.close();
  if (read % 20 === 0) console.log(read, links, dom.window.total, open.length);
}, 60_000 / perMinute);
