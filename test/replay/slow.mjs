// Leaks of five to twenty minutes, as sandboxes have them more often than leaks of one, and climbs as slow that end.

const growth = 'exec node $W/growth.js';
const courses = 'exec python3 $W/courses.py';
const exhaust = 'exec python3 $W/exhaust.py';
const small = { cpus: 0.5, disk: '600m', seconds: 1_500 };
const rust = (words) => ['rustc -O -o index $W/index.rs', 'sleep 4', `./index ${words}`];
const c = (words) => ['gcc -O1 -o arena $W/arena.c', 'sleep 2', `./arena ${words}`];
const go = (words) => ['go build -o streams $W/streams.go', 'sleep 4', `./streams ${words}`];

/** A line beside which others come and go. */
const beside = (line, pauseSeconds, ...jobs) => [
  `${line} &`,
  ...Array.from({ length: 60 }, (_, i) => [`sleep ${pauseSeconds}`, jobs[i % jobs.length]]).flat(),
];

const leaks = {
  slow_node: [
    { run: `${growth} --keep=objects --mib=0.25`, mem: '256m' },
    { run: `${growth} --keep=buffers --mib=0.14 --garbage=16`, mem: '192m' },
    { run: `${growth} --keep=map --mib=0.2 --shape=accelerating --delay=120`, mem: '240m' },
    { run: 'exec node $W/threads.js --every=30 --mib=8', mem: '256m' },
  ],
  slow_python: [
    { run: 'exec python3 $W/jobs.py list mib=0.3', mem: '256m', seed: 21 },
    { run: `${courses} saw rate=0.3 tooth=22 period=15`, mem: '220m', seed: 22 },
    { run: `${courses} stairs step=6 every=25`, mem: '200m', seed: 23 },
    { run: `${courses} bursts rate=0.5 base=30`, mem: '200m', seed: 24 },
    { run: `${courses} late delay=400 rate=0.6 base=50`, mem: '200m', seed: 25 },
    { run: `${courses} bends rate=0.1 more=0.25 base=20`, mem: '180m', seed: 26 },
  ],
  slow_compiled: [
    { session: go('subscribers 0.3 0'), mem: '320m', cpus: 1, language: 'go' },
    { session: go('bursts 0.5 0'), mem: '320m', cpus: 1, language: 'go' },
    { session: rust('map 0.3 0'), mem: '220m', cpus: 1, language: 'rust' },
    { session: rust('text 0.25 0'), mem: '240m', cpus: 1, language: 'rust' },
    { session: c('slow 130 500 0'), mem: '150m' },
    { session: c('mmap 90 500 0'), mem: '160m' },
  ],
  slow_scripts: [
    { run: 'exec perl $W/queue.pl 260 80', mem: '160m', language: 'perl' },
    { run: 'exec tclsh $W/lists.tcl 60 0', mem: '96m', language: 'tcl' },
    { run: 'exec awk -v rate=1300 -v most=0 -f $W/tables.awk', mem: '200m', language: 'awk' },
  ],
  slow_java: [
    { run: 'exec java -XX:MaxDirectMemorySize=2g $W/Store.java direct 220 4000', mem: '300m', cpus: 1 },
    { run: 'exec java -Xmx900m $W/Store.java cache 300 4000', mem: '320m', cpus: 1 },
    { run: 'exec java -Xmx110m $W/Store.java cache 160 4000', mem: '320m', cpus: 1, intended: 'java_oom' },
    { run: 'exec java -Xmx150m $W/App.java leak 1500 0 4000', mem: '400m', cpus: 1, intended: 'java_oom' },
  ],
  slow_heap: [
    {
      run: 'exec node --max-old-space-size=140 $W/growth.js --keep=objects --mib=0.2',
      mem: '512m',
      intended: 'v8_heap_oom',
    },
    {
      run: 'exec node --max-old-space-size=120 $W/growth.js --keep=map --mib=0.15 --garbage=4',
      mem: '384m',
      intended: 'v8_heap_oom',
    },
  ],
  slow_disk: [
    { run: `${exhaust} log mib=0.1`, disk: '200m', mem: '192m', seed: 31, intended: 'enospc' },
    { run: `${exhaust} blobs mib=8 pause=24`, disk: '300m', mem: '192m', seed: 32, intended: 'enospc' },
    {
      session: [
        'python3 $W/make-csv.py d.csv 9000',
        'for i in $(seq 900); do sqlite3 a.db ".mode csv" ".import d.csv t" || exit 1; sleep 2; done',
      ],
      disk: '160m',
      mem: '192m',
      intended: 'enospc',
    },
  ],
  slow_counted: [
    { run: `${exhaust} files pause=1`, nofile: 512, mem: '160m', seed: 33, intended: 'emfile' },
    { run: `${exhaust} sockets pause=1.6`, nofile: 640, mem: '160m', seed: 34, intended: 'emfile' },
    { run: `${exhaust} forks pause=5`, pids: 128, mem: '384m', seed: 35, intended: 'fork_fail' },
    { run: `${exhaust} threads pause=3.2`, pids: 220, mem: '256m', seed: 36, intended: 'fork_fail' },
  ],
  // A leak that nobody looks at, because something else is being worked on.
  slow_service: [
    {
      session: beside(
        'node $W/growth.js --keep=buffers --mib=0.16',
        40,
        'SIZE=40 node $W/suite.js',
        'ls -la > /dev/null',
      ),
      mem: '300m',
      cpus: 1,
    },
    {
      session: [
        'python3 $W/make-csv.py d.csv 90000',
        ...beside(
          'python3 $W/courses.py saw rate=0.22 tooth=15 period=20',
          55,
          'python3 $W/report.py d.csv',
          'gzip -kf d.csv',
        ),
      ],
      mem: '280m',
      cpus: 1,
      seed: 38,
    },
    {
      session: beside('java -Xmx800m $W/Store.java cache 260 4000', 50, 'gcc -O1 -o arena $W/arena.c', 'date'),
      mem: '340m',
      cpus: 1,
    },
  ],
};

const ends = {
  slow_cache: [
    { run: `${growth} --keep=buffers --mib=0.9 --shape=level --top=150`, mem: '240m' },
    { run: `${growth} --keep=map --mib=0.25 --top=60`, mem: '256m' },
    { session: rust('ring 0.5 130'), mem: '190m', cpus: 1, language: 'rust' },
    { session: c('pool 150 500 140'), mem: '180m', language: 'c' },
    { session: go('backlog 0.5 120'), mem: '360m', cpus: 1, language: 'go' },
    { run: 'exec java -Xmx200m $W/Store.java cache 400 110', mem: '340m', cpus: 1, language: 'java' },
    { run: 'exec awk -v rate=2000 -v most=500000 -f $W/tables.awk', mem: '192m', language: 'awk' },
    { run: 'exec tclsh $W/lists.tcl 80 42000', mem: '110m', language: 'tcl' },
  ],
  slow_warm: [
    { run: `${courses} stops rate=0.5 top=150`, mem: '200m', seed: 41 },
    { run: `${courses} warm top=140 tau=150`, mem: '180m', seed: 42 },
    { run: `${courses} stepped step=8 every=20 top=150`, mem: '190m', seed: 43 },
    { run: `${courses} waves base=20 top=150 up=120 rest=60`, mem: '190m', seed: 44 },
    { run: `${courses} drift base=120 tooth=9`, mem: '192m', seed: 45 },
  ],
  slow_download: [
    {
      run: 'for i in $(seq 220); do head -c 800K /dev/urandom > part$i; sleep 2; done; sleep 400',
      disk: '240m',
      mem: '160m',
      language: 'shell',
    },
    { run: `${exhaust} rotate mib=0.35 top=45`, disk: '260m', mem: '160m', seed: 46, language: 'python' },
    { run: `${exhaust} blobs mib=10 pause=14 keep=16`, disk: '300m', mem: '160m', seed: 47, language: 'python' },
  ],
};

/** What the families are, in words. */
export const slowWords = {
  slow_node: 'a Node.js service that leaks for minutes',
  slow_python: 'a Python service that leaks for minutes, straight, in stairs or late',
  slow_compiled: 'programs in Go, Rust and C that leak for minutes, compiled first',
  slow_scripts: 'programs in Perl, Tcl and awk that leak for minutes',
  slow_java: 'a Java store that leaks for minutes, on its heap and beside it',
  slow_heap: 'a Node.js service that fills its own heap limit in minutes',
  slow_disk: 'a small disk that fills in minutes',
  slow_counted: 'files, processes and threads that are not given back, for minutes',
  slow_service: 'a leak in the background of other work',
  slow_cache: 'caches that take minutes to fill and stay at their bound',
  slow_warm: 'climbs of minutes that end',
  slow_download: 'a disk that fills for minutes and stays, or is emptied',
};

const languages = {
  slow_node: 'node',
  slow_python: 'python',
  slow_java: 'java',
  slow_heap: 'node',
  slow_disk: 'python',
  slow_counted: 'python',
  slow_warm: 'python',
};

const listed = (set, intended) =>
  Object.entries(set).flatMap(([family, runs]) =>
    runs.map((run) => ({
      family,
      set: 'slow',
      language: languages[family] ?? 'mixed',
      intended,
      ...small,
      ...(intended === 'benign' ? { seconds: 900 } : {}),
      ...run,
    })),
  );

/** The recordings, as in `cases.mjs`. */
export const slow = [...listed(leaks, 'oom_kill'), ...listed(ends, 'benign')].map((one, index) => ({
  id: `z${String(index + 1).padStart(2, '0')}`,
  ...one,
}));
