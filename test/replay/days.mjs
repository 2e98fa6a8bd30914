// Quiet hours: what sandboxes do most of the time. Each session is made from a seed: a person or an agent who thinks, runs something, thinks
// again, beside whatever serves in the background. Nothing in them is meant to break; the limits are those such a sandbox would be given.

/** mulberry32 (T. Ettinger, public domain): a small generator, the same on every machine. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const dayMinutes = 80;
const bin = '$PROJECT/node_modules/.bin';
const inProject = (command) => `cd $PROJECT && ${command} > /dev/null`;

const git = [
  inProject('git log --stat -n 20'),
  inProject('git status'),
  inProject('git log -p -n 5'),
  inProject('git blame package.json'),
];
const reading = [
  inProject('grep -rn "limitBytes" src'),
  inProject('find . -name "*.ts" -not -path "./node_modules/*"'),
  inProject('sed -n 1,200p README.md'),
  inProject('wc -l src/*/*.ts'),
];

/**
 * What each kind of day is made of. `jobs` gives one line or several for a random number generator; `thinkSeconds` is the median pause.
 * Sizes are kept in the range that `mem` and `disk` can hold.
 */
const kinds = {
  day_web: {
    language: 'node',
    words: 'a Node.js service that is served, tested and bundled while it is worked on',
    mem: ['420m', '512m', '384m'],
    background: ['node $W/server.js --rps=2 --cache=30 &'],
    jobs: [
      (r) => [
        `node $W/make-js.js js ${40 + r(30)} 40`,
        `${bin}/esbuild js/index.js --bundle --minify --outfile=o.js --log-level=error`,
      ],
      (r) => [`SIZE=${30 + r(30)} node $W/suite.js`],
      () => [inProject(`${bin}/biome check src/model`)],
      () => [inProject('npm ls --all')],
    ],
  },
  day_types: {
    language: 'go',
    words: 'type checks and lint between edits',
    mem: ['320m', '512m', '256m'],
    jobs: [
      (r) => [`node $W/make-ts.js ts 30 ${24 + r(26)}`, `${bin}/tsc -p ts`],
      () => [inProject(`${bin}/biome check src/forecast`)],
      () => [inProject('npm --version')],
    ],
  },
  day_watch: {
    language: 'go',
    words: 'a compiler and a server that watch the files being edited',
    mem: ['560m', '640m', '480m'],
    before: ['node $W/make-ts.js ts 30 20', 'cp $W/server.js $W/suite.js .'],
    background: [
      `${bin}/tsc -p ts --watch --preserveWatchOutput > /dev/null &`,
      'node --watch server.js --rps=1 --cache=20 > /dev/null &',
    ],
    jobs: [
      (r) => [`node $W/make-ts.js ts 30 ${18 + r(18)}`],
      () => ['touch server.js'],
      (r) => [`SIZE=${30 + r(20)} node suite.js`],
    ],
  },
  day_python: {
    language: 'python',
    words: 'a Python service, its reports and its scripts',
    mem: ['256m', '192m', '320m'],
    background: ['python3 -m http.server 0 --bind 127.0.0.1 > /dev/null 2>&1 &'],
    jobs: [
      (r) => [`python3 $W/make-csv.py d.csv ${60_000 + r(60) * 1_000}`, 'python3 $W/report.py d.csv'],
      () => ['python3 -m compileall -q -f $W > /dev/null'],
      () => ['python3 -m pydoc json > /dev/null'],
      (r) => [`timeout ${20 + r(60)} python3 $W/courses.py warm top=${30 + r(60)} tau=12`],
    ],
  },
  day_go: {
    language: 'go',
    words: 'a Go service built, checked and tried out',
    mem: ['640m', '768m', '512m'],
    jobs: [
      () => ['go build -o streams $W/streams.go'],
      () => ['go vet $W/grow.go'],
      () => ['gofmt -l $W > /dev/null'],
      (r) => ['go build -o streams $W/streams.go', `timeout ${30 + r(60)} ./streams backlog ${2 + r(4)} ${30 + r(60)}`],
    ],
  },
  day_rust: {
    language: 'rust',
    words: 'a Rust program built and tried out',
    mem: ['320m', '384m', '512m'],
    jobs: [
      (r) => [`node $W/make-rs.js a.rs ${10 + r(30)}`, 'rustc -O -o a a.rs'],
      (r) => ['rustc -O -o index $W/index.rs', `timeout ${30 + r(60)} ./index ring ${2 + r(3)} ${40 + r(60)}`],
      (r) => [`node $W/make-rs.js a.rs ${10 + r(20)}`, 'rustc --emit=metadata -o a.rmeta a.rs'],
    ],
  },
  day_java: {
    language: 'java',
    words: 'a Java service beside its builds',
    mem: ['640m', '768m', '576m'],
    background: ['java -Xmx80m $W/App.java saw 30 16 7000 &'],
    jobs: [
      (r) => [`node $W/make-java.js js ${2 + r(4)} 30`, 'javac -d out js/*.java'],
      (r) => [`timeout ${30 + r(40)} java -Xmx96m $W/Store.java cache ${800 + r(1_500)} ${20 + r(30)}`],
    ],
  },
  day_cpp: {
    language: 'c++',
    words: 'C and C++ built and tried out',
    mem: ['420m', '512m', '384m'],
    jobs: [
      (r) => [`node $W/make-cpp.js a.cpp ${1 + r(2)} 20`, 'g++ -O1 -c a.cpp'],
      (r) => ['gcc -O1 -o arena $W/arena.c', `timeout ${30 + r(90)} ./arena pool ${300 + r(600)} 300 ${40 + r(80)}`],
      () => ['gcc -O2 -Wall -c $W/grow.c', 'objdump -d grow.o > grow.s'],
    ],
  },
  day_data: {
    language: 'mixed',
    words: 'tables made, sorted, counted and packed',
    mem: ['256m', '192m', '320m'],
    jobs: [
      (r) => [`python3 $W/make-csv.py d.csv ${80_000 + r(80) * 1_000}`, 'sort -t, -k3 -S 60M d.csv > s.csv'],
      (r) => [
        `python3 $W/make-csv.py e.csv ${15_000 + r(15) * 1_000}`,
        'jq -R -s -c \'split("\\n") | map(split(",")) | map({name: .[0], rest: .}) | group_by(.name) | length\' e.csv',
      ],
      () => ['test -f d.csv && gzip -kf d.csv'],
      () => ["test -f d.csv && awk -F, '{seen[$2]++; sum += $3} END {print length(seen), sum}' d.csv"],
    ],
  },
  day_database: {
    language: 'sqlite',
    words: 'a small database filled, asked and tidied',
    mem: ['112m', '128m', '160m'],
    before: ['python3 $W/make-csv.py d.csv 120000'],
    jobs: [
      () => ['rm -f a.db; sqlite3 a.db ".mode csv" ".import d.csv t"'],
      () => [
        'sqlite3 a.db "create index if not exists i on t(name)" "select name, count(*) from t group by name limit 5" > /dev/null',
      ],
      () => ['sqlite3 a.db "select count(*) from t where text like \'%ttt%\'" > /dev/null'],
      () => ['sqlite3 a.db "vacuum"'],
    ],
  },
  day_shell: {
    language: 'shell',
    words: 'searching, packing and looking through history',
    mem: ['160m', '128m', '192m'],
    jobs: [
      () => ['tar cf all.tar -C $PROJECT/node_modules @azure', 'gzip -1 -f all.tar'],
      () => ['rm -rf out && mkdir out && tar xzf all.tar.gz -C out'],
      () => [inProject('du -s src test docs')],
      ...git.map((line) => () => [line]),
      ...reading.map((line) => () => [line]),
    ],
  },
  day_agent: {
    language: 'mixed',
    words: 'a coding agent: reads, edits, runs the same tests again',
    mem: ['560m', '640m', '512m'],
    thinkSeconds: 40,
    jobs: [
      ...reading.map((line) => () => [line]),
      ...reading.map((line) => () => [line]),
      ...git.map((line) => () => [line]),
      () => [inProject('npx vitest run --project unit test/unit/model')],
      (r) => [`node $W/make-ts.js ts 20 ${16 + r(10)}`, `${bin}/tsc -p ts`],
      () => ['SIZE=40 node $W/suite.js'],
      () => ['python3 -m compileall -q -f $W > /dev/null'],
    ],
  },
  day_server: {
    language: 'node',
    words: 'a server with few visitors and a burst now and then',
    mem: ['160m', '192m', '256m'],
    background: ['node $W/server.js --rps=3 --cache=50 --burst=400 &'],
    jobs: [
      () => ['ps aux > /dev/null'],
      () => ['date >> d.log'],
      () => ['ls -la / > /dev/null'],
      () => ['df -h . > /dev/null'],
    ],
  },
  day_cron: {
    language: 'python',
    words: 'logs that are rotated, scratch files, many short processes',
    mem: ['160m', '128m', '192m'],
    disk: ['220m', '180m', '260m'],
    pids: [96, 128, 160],
    background: ['python3 $W/exhaust.py rotate mib=0.2 top=24 &'],
    jobs: [
      (r) => [`seq ${10 + r(30)} | xargs -P${4 + r(24)} -n1 sh -c 'sleep ${1 + r(3)}'`],
      (r) => [`head -c ${10 + r(40)}M /dev/urandom > scratch; sleep ${5 + r(30)}; rm scratch`],
      () => ['tail -c 2000000 service.log | wc -c > /dev/null'],
    ],
  },
  day_install: {
    language: 'shell',
    words: 'checkouts and packages on a disk that is emptied again',
    mem: ['256m', '192m', '320m'],
    disk: ['320m', '280m', '400m'],
    jobs: [
      (r) => [`rm -rf m${r(3)}; cp -r $PROJECT/node_modules/@azure m${r(3)}`],
      (r) => [`rm -rf r${r(2)}; git clone -q --no-hardlinks $PROJECT r${r(2)}`],
      () => ['rm -rf m0 m1 m2'],
      (r) => [`rm -rf r${r(2)}`],
      () => ['du -s . > /dev/null'],
    ],
  },
  day_notebook: {
    language: 'python',
    words: 'data loaded, kept for minutes and let go, as in a notebook',
    mem: ['256m', '320m', '224m'],
    jobs: [
      (r) => [`timeout ${60 + r(240)} python3 $W/courses.py stops rate=${4 + r(20)} top=${30 + r(100)}`],
      (r) => [
        `timeout ${60 + r(180)} python3 $W/courses.py stepped step=${5 + r(20)} every=${5 + r(20)} top=${40 + r(90)}`,
      ],
      (r) => [
        `timeout ${60 + r(120)} python3 $W/courses.py waves base=10 top=${60 + r(100)} up=${10 + r(20)} rest=${10 + r(30)}`,
      ],
      () => ['python3 -m pydoc statistics > /dev/null'],
    ],
  },
};

/** The lines of one day: about as long as it takes, and more, for the recorder ends it. */
function sessionOf({ before = [], background = [], jobs, thinkSeconds = 75 }, seed) {
  const random = randomOf(seed);
  const below = (count) => Math.floor(random() * count);
  // Pauses are log-normal: most are short, some are a lunch.
  const think = () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(Math.min(480, Math.max(4, thinkSeconds * Math.exp(0.9 * normal))));
  };
  const lines = [`sleep ${5 + below(60)}`, ...before, ...background];
  for (let seconds = 0; seconds < dayMinutes * 60; ) {
    const pause = think();
    seconds += pause;
    lines.push(`sleep ${pause}`, ...(jobs[below(jobs.length)]?.(below) ?? []));
  }
  return lines;
}

/** What the families are, in words. */
export const dayWords = Object.fromEntries(Object.entries(kinds).map(([family, { words }]) => [family, words]));

/** The recordings, as in `cases.mjs`: every kind of day three times, at other limits. */
export const days = Object.entries(kinds).flatMap(([family, kind], index) =>
  kind.mem.map((mem, turn) => ({
    id: `y${String(index * 3 + turn + 1).padStart(2, '0')}`,
    family,
    set: 'days',
    language: kind.language,
    session: sessionOf(kind, 1_000 * (index + 1) + turn),
    mem,
    cpus: [1, 0.7, 1][turn],
    disk: kind.disk?.[turn] ?? '600m',
    pids: kind.pids?.[turn] ?? 256,
    seconds: dayMinutes * 60,
    intended: 'benign',
  })),
);
