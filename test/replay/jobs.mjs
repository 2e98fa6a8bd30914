// A set of its own: work that is run again and again in one sandbox, each run a process that takes memory (some: disk) and gives it back.
// In some the job gets more from run to run until one is too big; in their twins the growth, or the work, is over before that.
//
// They need these Debian packages: gawk librsvg2-bin minimap2 php-cli python3 r-base-core ruby xsltproc yosys

/** The same lines again and again, as somebody does who builds, imports and reports. */
const again = (times, lines) => Array.from({ length: times }, (_, i) => lines(i)).flat();

/** A price list of so many thousand products. */
const prices = (thousands) => [
  `awk -v products=${thousands}000 -f $W/catalogue.awk > catalogue.xml`,
  'xsltproc -o list.html $W/catalogue.xsl catalogue.xml',
];

const chip = (taps) =>
  `yosys -q -p "read_verilog $W/filter.v; chparam -set TAPS ${taps} filter; synth -top filter; write_verilog -noattr out.v" 2> /dev/null`;

const customers = (thousands) => `php -d memory_limit=-1 $W/customers.php ${thousands}000 > /dev/null`;

const books = (thousands) => [
  `awk -v n=${thousands}000 'BEGIN { for (i = 0; i < n; i++) printf "%d,a%d,%.2f,entry %d\\n", i % 365, i * 7919 % 900, rand() * 900, i }' > entries.csv`,
  'ruby $W/ledger.rb entries.csv > /dev/null',
];

const poster = (side) => [
  `awk -v shapes=24 -v side=${side} -f $W/poster.awk > poster.svg`,
  'rsvg-convert poster.svg -o poster.png',
];

const survey = (thousands) => `Rscript $W/survey.R ${thousands}000 > /dev/null`;

const assets = (kib) => [`awk -v kib=${kib} -f $W/assets.awk > assets.c`, 'gcc -c -o assets.o assets.c'];

const feed = (thousands) => `python3 $W/feeds.py ${thousands}000 > /dev/null`;

/** The log of a day with so many thousand lines, sorted in memory. */
const log = (thousands) => [
  `awk -v n=${thousands}000 'BEGIN { for (i = 0; i < n; i++) printf "10.0.%d.%d GET /page/%d %d\\n", rand() * 255, rand() * 255, rand() * 90000, rand() * 9e6 }' > log.txt`,
  'sort -S 1G --parallel=1 -k3 -o sorted.txt log.txt',
];
const counts = "cut -d' ' -f1 sorted.txt | uniq -c | wc -l > /dev/null";

const genome = (kilo) => [
  `awk -v kilo=${kilo} -f $W/genome.awk > genome.fa`,
  'minimap2 -t1 -d genome.mmi genome.fa 2> /dev/null',
];

/** A table of about so many MB, sorted with temporary files of the same size. */
const spill = (mb) => [
  `awk -v n=${mb * 25}000 'BEGIN { for (i = 0; i < n; i++) printf "%d,%d,customer %d,%.4f\\n", rand() * 9e6, i, rand() * 9e6, rand() }' > table.csv`,
  'sort -S 8M --parallel=1 -t, -k3 table.csv | md5sum > /dev/null',
  'rm table.csv',
];

const listed = [
  {
    family: 'price_lists',
    words: 'a price list made from a catalogue in XML with xsltproc, again and again while there are more products',
    session: again(18, (i) => [...prices(18 + i * 5), `sleep ${5 + ((i * 5) % 7)}`]),
    mem: '224m',
    breaks: 'oom_kill',
  },
  {
    family: 'price_lists',
    words: 'a price list made from a catalogue in XML with xsltproc, again and again while there are more products',
    session: again(30, (i) => [...prices(Math.min(18 + i * 5, 62)), `sleep ${4 + ((i * 5) % 6)}`]),
    mem: '224m',
    seconds: 290,
  },
  {
    family: 'chip_builds',
    words: 'a filter for a chip built with yosys, again and again with more taps',
    language: 'verilog',
    session: again(12, (i) => [chip(4 + i * 2), `sleep ${9 + ((i * 7) % 11)}`]),
    mem: '352m',
    cpus: 0.8,
    breaks: 'oom_kill',
  },
  {
    family: 'chip_builds',
    words: 'a filter for a chip built with yosys, again and again with more taps',
    language: 'verilog',
    session: [...again(6, (i) => [chip(4 + i * 2), `sleep ${8 + ((i * 7) % 9)}`]), 'sleep 125'],
    mem: '352m',
    cpus: 0.8,
    seconds: 330,
  },
  {
    family: 'customer_imports',
    words: 'lists of customers imported with PHP, each much longer than the one before',
    language: 'php',
    session: ['sleep 8', ...again(8, (i) => [customers(35 + i * 40), `sleep ${24 + ((i * 5) % 7)}`])],
    mem: '256m',
    breaks: 'oom_kill',
  },
  {
    family: 'customer_imports',
    words: 'lists of customers imported with PHP, each much longer than the one before',
    language: 'php',
    session: [
      'sleep 5',
      ...again(3, (i) => [customers(35 + i * 40), `sleep ${24 + ((i * 5) % 7)}`]),
      ...again(9, (i) => ['ls -lR /usr/share/doc | sort -k5n | tail -50 > files.txt', `sleep ${9 + ((i * 5) % 9)}`]),
    ],
    mem: '256m',
  },
  {
    family: 'ledger_books',
    words: 'entries of a ledger read and summed with Ruby, mostly more of them than the time before',
    language: 'ruby',
    session: again(14, (i) => [
      ...books([30, 52, 46, 80, 95, 88, 118, 150, 139, 175, 200, 190, 230, 260][i]),
      `sleep ${4 + ((i * 7) % 15)}`,
    ]),
    mem: '208m',
    breaks: 'oom_kill',
  },
  {
    family: 'log_sorts',
    words: 'the log of a day sorted with GNU sort in memory, a little longer each time, and small counts of it',
    session: again(24, (i) => [
      ...log(1100 + i * 66),
      ...(i % 2 ? ['sleep 3', counts] : []),
      `sleep ${3 + ((i * 3) % 4)}`,
    ]),
    mem: '176m',
    cpus: 0.6,
    breaks: 'oom_kill',
  },
  {
    family: 'log_sorts',
    words: 'the log of a day sorted with GNU sort in memory, a little longer each time, and small counts of it',
    session: [
      ...again(11, (i) => [...log(1300 + i * 66), ...(i % 2 ? ['sleep 3', counts] : []), `sleep ${3 + ((i * 3) % 4)}`]),
      'sleep 125',
    ],
    mem: '176m',
    cpus: 0.6,
    seconds: 340,
  },
  {
    family: 'genome_indexes',
    words: 'genomes that are made and indexed with minimap2, longer from time to time',
    session: again(12, (i) => [...genome(4000 + i * 3400), `sleep ${9 + ((i * 7) % 12)}`]),
    mem: '320m',
    breaks: 'oom_kill',
  },
  {
    family: 'feed_conversions',
    words: 'feeds in XML turned into JSON with Python, a large one that grows between small ones that do not',
    language: 'python',
    session: again(16, (i) => [
      feed(22 + i * 7),
      `sleep ${3 + ((i * 5) % 7)}`,
      feed(4 + (i % 3)),
      `sleep ${4 + ((i * 3) % 6)}`,
    ]),
    mem: '224m',
    cpus: 0.3,
    breaks: 'oom_kill',
  },
  {
    family: 'posters',
    words: 'a drawing rendered again and again with rsvg-convert, larger each time',
    session: again(10, (i) => [...poster(Math.round(1000 * Math.sqrt(1 + 0.94 * i))), `sleep ${8 + ((i * 5) % 9)}`]),
    mem: '192m',
    cpus: 0.6,
    breaks: 'oom_kill',
  },
  {
    family: 'posters',
    words: 'a drawing rendered again and again with rsvg-convert, larger each time',
    session: again(20, (i) => [
      ...poster(Math.round(1000 * Math.sqrt(1 + 0.94 * Math.min(i, 3.2)))),
      `sleep ${6 + ((i * 5) % 8)}`,
    ]),
    mem: '192m',
    cpus: 0.6,
    seconds: 290,
  },
  {
    family: 'survey_models',
    words: 'a model of the answers to a survey made in R whenever more have come in',
    language: 'r',
    session: again(14, (i) => [survey(60 + i * 74 + mixed(i, 30)), `sleep ${11 + ((i * 7) % 12)}`]),
    mem: '288m',
    breaks: 'oom_kill',
  },
  {
    family: 'survey_models',
    words: 'a model of the answers to a survey made in R whenever more have come in',
    language: 'r',
    session: [...again(7, (i) => [survey(60 + i * 37 + mixed(i, 15)), `sleep ${10 + ((i * 7) % 9)}`]), 'sleep 130'],
    mem: '288m',
    seconds: 300,
  },
  {
    family: 'asset_builds',
    words: 'a C program built again and again with more pictures in its tables',
    language: 'c',
    session: again(16, (i) => [...assets(900 + i * 490), `sleep ${4 + ((i * 5) % 9)}`]),
    mem: '160m',
    cpus: 0.25,
    breaks: 'oom_kill',
  },
  {
    family: 'asset_builds',
    words: 'a C program built again and again with more pictures in its tables',
    language: 'c',
    session: again(24, (i) => [...assets(Math.min(900 + i * 490, 4300)), `sleep ${4 + ((i * 5) % 7)}`]),
    mem: '160m',
    cpus: 0.25,
    seconds: 290,
  },
  {
    family: 'sort_spills',
    words: 'tables sorted with little memory and temporary files on a small disk, a larger one each time',
    session: again(16, (i) => [...spill(10 + i * 4), `sleep ${5 + ((i * 5) % 8)}`]),
    mem: '96m',
    disk: '120m',
    breaks: 'enospc',
  },
  {
    family: 'sort_spills',
    words: 'tables sorted with little memory and temporary files on a small disk, a larger one each time',
    session: [...again(9, (i) => [...spill(10 + i * 4), `sleep ${5 + ((i * 5) % 8)}`]), 'sleep 125'],
    mem: '96m',
    disk: '120m',
    seconds: 320,
  },
  {
    family: 'account_splits',
    words: 'a list split by gawk into a file for each account, packed and removed, on a small disk',
    language: 'awk',
    session: again(14, (i) => [
      'mkdir parts',
      `gawk -v n=${[15, 28, 24, 44, 39, 60, 55, 76, 70, 88, 100, 120, 140, 160][i] * 20_000} 'BEGIN { for (i = 0; i < n; i++) printf "%d,a%d,%.6f,%.6f,entry %d of many\\n", i % 365, i * 7919 % 90, rand() * 900, rand(), i > ("parts/a" i * 7919 % 90) }'`,
      'tar -c parts | gzip -1 | wc -c > /dev/null',
      'rm -r parts',
      `sleep ${4 + ((i * 7) % 13)}`,
    ]),
    mem: '128m',
    disk: '100m',
    breaks: 'enospc',
  },
];

/** What each family does. */
export const jobWords = Object.fromEntries(listed.map(({ family, words }) => [family, words]));

/** The recordings, as in `cases.mjs`. */
export const jobs = listed.map(({ words: _, breaks, language, ...run }, index) => ({
  id: `r${String(index + 1).padStart(2, '0')}`,
  set: 'jobs',
  language: language ?? 'mixed',
  intended: breaks ?? 'benign',
  cpus: 0.5,
  disk: '300m',
  seconds: breaks === undefined ? 190 : 420,
  ...run,
}));
