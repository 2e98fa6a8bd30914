// The second exam: programs and families that are in none of the other sets. This half: tools, builds, tests, data jobs, disks.
//
// They need these Debian packages: afl++ borgbackup clang cmake default-jre-headless firebird3.0-server firebird3.0-utils fp-compiler
// fp-units-base gfortran ghostscript gnat-12 gnuplot-nox ldc libreoffice-calc-nogui libvips-tools mono-mcs mono-runtime nim ngspice
// ninja-build openscad parallel povray python3-scipy restic ripgrep rsync sox texlive-latex-base universal-ctags valgrind
// and, in /opt/foresight-exam: /usr/bin/python3 -m venv --system-site-packages py, with pip install networkx duckdb polars dask pyarrow
// openpyxl; in its folder node: npm install eslint jsdom rollup google-closure-compiler-java@20230802; in its folder wheels:
// pip download networkx sphinx numpy dask

const py = '/opt/foresight-exam/py/bin/python';
const nodeModules = 'NODE_PATH=/opt/foresight-exam/node/node_modules';

/** The same lines again and again, as somebody does who edits, builds and tests. */
const again = (times, lines) => Array.from({ length: times }, (_, i) => lines(i)).flat();

const nodeBin = '/opt/foresight-exam/node/node_modules/.bin';
const compiler = '/opt/foresight-exam/node/node_modules/google-closure-compiler-java/compiler.jar';
const firebird = 'FIREBIRD_LOCK=$PWD FIREBIRD_TMP=$PWD';

/** A lasting part of a backup's command line; nothing is cached outside the folder. */
const borg = 'BORG_BASE_DIR=$PWD/base BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg';
const restic = 'RESTIC_PASSWORD=notes restic -q --no-cache -r repo';

const listed = [
  {
    family: 'graph_crawl',
    words: 'a crawler that keeps the map of a site as a graph of networkx',
    session: ['sleep 5', `exec ${py} $W/sitemap.py 140 0 > /dev/null`],
    mem: '192m',
    breaks: 'oom_kill',
    seed: 101,
  },
  {
    family: 'povray_frames',
    words: 'pictures rendered with povray, one after the other',
    session: again(30, (i) => [
      `awk -v balls=${20 + ((i * 70) % 300)} -f $W/spheres.awk > scene.pov`,
      `povray -D -GA +WT2 +W${i % 3 === 2 ? 480 : 200} +H${i % 3 === 2 ? 300 : 120} +Oframe${i}.png scene.pov 2> /dev/null`,
      `sleep ${4 + ((i * 5) % 11)}`,
    ]),
    mem: '96m',
  },
  {
    family: 'fortran_film',
    words: 'a simulation in Fortran that keeps its frames',
    language: 'fortran',
    session: ['gfortran -O1 -o heat $W/heat.f90', 'sleep 6', 'exec ./heat 160 2600 0 > /dev/null'],
    mem: '256m',
    cpus: 0.5,
    breaks: 'oom_kill',
  },
  {
    family: 'borg_backups',
    words: 'backups with borg, the old ones removed, on a small disk',
    session: [
      `${borg} init -e none repo`,
      `${borg} config repo max_segment_size 2000000`,
      ...again(16, (i) => [
        'bash $W/grow-tree.sh notes 14 500 9',
        `${borg} create repo::n${i} notes`,
        'sleep 6',
        ...(i % 3 === 2 ? [`${borg} prune --keep-last 2 repo`, `${borg} compact repo`] : []),
      ]),
    ],
    mem: '160m',
    disk: '160m',
  },
  {
    family: 'dlang_builds',
    words: 'a D program built and run again and again while its templates become more',
    language: 'd',
    session: again(16, (i) => [
      `awk -v types=${4 + i * 5} -f $W/make-dlang.awk > app.d`,
      'ldc2 -of=app app.d',
      './app > /dev/null',
      `sleep ${8 + ((i * 5) % 9)}`,
    ]),
    mem: '384m',
    cpus: 0.8,
    breaks: 'oom_kill',
  },
  {
    family: 'fleet_garbage',
    words: 'a simulation in D whose objects are left to the garbage collector',
    language: 'd',
    session: ['ldc2 -O1 -of=fleet $W/fleet.d', 'sleep 4', 'exec ./fleet 1200 10 22 > /dev/null'],
    mem: '288m',
  },
  {
    family: 'pascal_orders',
    words: 'orders in Pascal, some of which are never disposed of',
    language: 'pascal',
    session: ['fpc -v0 -oorders $W/orders.pas -FE. > /dev/null', 'sleep 9', 'exec ./orders 1500 32 > /dev/null'],
    mem: '160m',
    breaks: 'oom_kill',
  },
  {
    family: 'cmake_sessions',
    words: 'a C++ project of cmake and ninja, edited, built and tested again and again',
    language: 'c++',
    session: [
      'bash $W/make-cmake.sh shop 5 2',
      'cmake -G Ninja -S shop -B shop/build > /dev/null',
      ...again(7, (i) => [
        `echo '// edit ${i}' >> shop/unit${1 + ((i * 3) % 5)}.cpp`,
        'ninja -C shop/build -j2 > /dev/null',
        'ctest --test-dir shop/build > /dev/null',
        `sleep ${6 + ((i * 7) % 13)}`,
      ]),
    ],
    mem: '384m',
    cpus: 0.8,
  },
  {
    family: 'restic_backups',
    words: 'backups with restic that nobody forgets, on a small disk',
    session: [
      `${restic} init`,
      ...again(60, () => [
        'bash $W/grow-tree.sh notes $(shuf -i 2-12 -n 1) 400 3',
        `${restic} backup notes`,
        'sleep 4',
      ]),
    ],
    mem: '224m',
    disk: '200m',
    breaks: 'enospc',
  },
  {
    family: 'ada_belt',
    words: 'tasks in Ada and a bounded belt between them',
    language: 'ada',
    session: ['cp $W/stock.adb .', 'gnatmake-12 -q stock.adb', 'sleep 3', 'exec ./stock 1600 60 > /dev/null'],
    mem: '128m',
  },
  {
    family: 'circuit_run',
    words: 'a long circuit simulation with ngspice, kept in memory until it is printed',
    session: ['bash $W/ladder.sh 24 4000 300 > ladder.cir', 'sleep 8', 'exec ngspice -b ladder.cir > /dev/null'],
    mem: '128m',
    breaks: 'oom_kill',
  },
  {
    family: 'page_reader',
    words: 'pages read in jsdom, many of whose windows stay open',
    language: 'node',
    session: ['sleep 6', `${nodeModules} exec node --max-old-space-size=150 $W/reader.cjs 50 150 60 > /dev/null`],
    mem: '384m',
    breaks: 'v8_heap_oom',
  },
  {
    family: 'mono_windows',
    words: 'windows in C# that are shut and still subscribed',
    language: 'c#',
    session: ['mcs -out:Quotes.exe $W/Quotes.cs', 'sleep 5', 'exec mono Quotes.exe 75 800 25 > /dev/null'],
    mem: '192m',
    breaks: 'oom_kill',
  },
  {
    family: 'package_envs',
    words: 'virtual environments made, filled from a folder of wheels and removed, on a small disk',
    language: 'python',
    session: again(8, (i) => [
      'python3 -m venv env',
      `env/bin/pip install -q --no-index --find-links /opt/foresight-exam/wheels ${['networkx', 'sphinx', 'numpy dask', 'sphinx networkx'][i % 4]}`,
      `env/bin/python -m compileall -q env/lib > /dev/null`,
      'sleep 5',
      'rm -rf env',
      'sleep 4',
    ]),
    mem: '160m',
    disk: '200m',
    cpus: 0.8,
  },
  {
    family: 'duck_tables',
    words: 'tables of DuckDB made from tables and left in memory',
    session: ['sleep 4', `exec ${py} $W/ducks.py 60000 4 0 > /dev/null`],
    mem: '288m',
    breaks: 'oom_kill',
  },
  {
    family: 'latex_book',
    words: 'a book set with LaTeX again and again, its pages turned into pictures',
    session: again(10, (i) => [
      `awk -v parts=${12 + i * 3} -f $W/chapters.awk > book.tex`,
      'pdflatex -interaction=batchmode book.tex > /dev/null',
      'pdflatex -interaction=batchmode book.tex > /dev/null',
      `sleep ${4 + ((i * 3) % 8)}`,
      ...(i % 3 === 2 ? [`gs -q -sDEVICE=png16m -r${50 + i * 4} -dLastPage=15 -o page%d.png book.pdf`] : []),
    ]),
    mem: '96m',
  },
  {
    family: 'cron_overlap',
    words: 'jobs that start every few seconds and wait for the one that is slower than that',
    session: [
      'sleep 20',
      'for n in $(seq 2000); do (flock lock bash -c "seq 200000 | sort -R | gzip | wc -c; sleep 7" > /dev/null) & sleep $(shuf -i 1-3 -n 1); done',
    ],
    pids: 110,
    mem: '256m',
    breaks: 'fork_fail',
  },
  {
    family: 'firebird_dumps',
    words: 'a Firebird database, its nightly dumps and a copy restored from the last, on a small disk',
    language: 'firebird',
    session: [
      `echo "create database 'shop.fdb'; create table a (id int, t varchar(1000)); commit;" | ${firebird} isql-fb -q > /dev/null`,
      ...again(40, (i) => [
        `echo "connect 'shop.fdb'; set term ^; execute block as declare i int = 0; begin while (i < ${1500 + ((i * 37) % 5) * 800}) do begin insert into a values (:i, rpad('x', 400, uuid_to_char(gen_uuid()))); i = i + 1; end end^ commit^" | ${firebird} isql-fb -q > /dev/null`,
        'sleep 3',
        `${firebird} gbak -b shop.fdb night${i}.fbk`,
        ...(i % 4 === 3 ? [`rm -f test.fdb; ${firebird} gbak -c night${i}.fbk test.fdb`] : []),
        `sleep ${3 + ((i * 3) % 5)}`,
      ]),
    ],
    mem: '128m',
    disk: '220m',
    breaks: 'enospc',
  },
  {
    family: 'polars_months',
    words: 'a report with polars over more and more months, until they do not fit',
    language: 'python',
    session: [
      `${py} $W/months.py write 30 60000`,
      'sleep 5',
      ...again(24, (i) => [
        `${py} $W/months.py report ${2 + i} ${i % 3 === 1 ? 'lazy' : ''} > /dev/null`,
        `sleep ${5 + ((i * 7) % 9)}`,
      ]),
    ],
    mem: '320m',
    disk: '300m',
    breaks: 'oom_kill',
  },
  {
    family: 'dask_blocks',
    words: 'large matrices with dask, block by block',
    language: 'python',
    session: ['sleep 5', `exec ${py} $W/blocks.py 6000 1000 2 > /dev/null`],
    mem: '192m',
    cpus: 0.6,
  },
  {
    family: 'numpy_epochs',
    words: 'a training in numpy that keeps the weights of every epoch',
    language: 'python',
    session: ['sleep 8', `OPENBLAS_NUM_THREADS=1 exec ${py} $W/epochs.py 620 30 0 > /dev/null`],
    mem: '192m',
    breaks: 'oom_kill',
    seed: 102,
  },
  {
    family: 'git_bisect',
    words: 'a bisection through a repository with a test at each step',
    language: 'git',
    session: [
      'git init -q repo; cd repo; git config user.email a@b; git config user.name a; for n in $(seq 120); do seq $((n * 40)) | sed s/^/value=/ > f$((n % 12)); echo "$n" > n; git add -A; git commit -qm "step $n"; done',
      'sleep 5',
      ...again(6, (i) => [
        `cd repo; git bisect start HEAD HEAD~119 > /dev/null 2> /dev/null; git bisect run sh -c 'sort -R f* | md5sum > /dev/null; sleep 1; test $(cat n) -lt ${20 + i * 16}' > /dev/null; git bisect reset 2> /dev/null`,
        'sleep 6',
        `cd repo; git checkout -qb side${i} HEAD~${20 + i * 5}; echo ${i} > other; git add -A; git commit -qm other; git rebase -q master > /dev/null; git checkout -q master`,
        'sleep 5',
      ]),
    ],
    mem: '96m',
  },
  {
    family: 'closure_builds',
    words: 'a bundle made by the closure compiler again and again, its Java heap limited by -Xmx',
    language: 'java',
    session: again(14, (i) => [
      `node $W/make-js.js js ${4 + i * 5} 40`,
      `java -Xmx56m -jar ${compiler} --js 'js/**.js' --js_output_file out.js --jscomp_off='*'`,
      `sleep ${6 + ((i * 5) % 8)}`,
    ]),
    mem: '512m',
    cpus: 0.8,
    breaks: 'java_oom',
  },
  {
    family: 'config_fuzzer',
    words: 'a parser in C under a fuzzer',
    language: 'c',
    session: [
      'mkdir in; echo "a{b=1;c{d=2;}}" > in/a; echo "x=y" > in/b',
      'afl-clang-fast -O1 -o parser $W/config-parser.c 2> /dev/null > /dev/null',
      'AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 afl-fuzz -m none -V 200 -i in -o out ./parser > /dev/null',
    ],
    mem: '128m',
    cpus: 0.6,
  },
  {
    family: 'nim_relay',
    words: 'a relay in Nim that, after a quiet time, keeps the messages of devices that went away',
    language: 'nim',
    session: [
      'nim c -d:release --hints:off --nimcache:cache -o:relay $W/relay.nim 2> /dev/null',
      'sleep 3',
      'exec ./relay 2000 80 5 > /dev/null',
    ],
    mem: '160m',
    cpus: 0.6,
    breaks: 'oom_kill',
  },
  {
    family: 'mc_pool',
    words: 'a Monte Carlo study in processes that are replaced after some tasks',
    language: 'python',
    session: ['sleep 6', `OPENBLAS_NUM_THREADS=1 exec ${py} $W/portfolios.py 3 4 28 > /dev/null`],
    mem: '256m',
    seed: 103,
  },
  {
    family: 'gear_models',
    words: 'a model in openscad to which one gear after the other is added',
    session: again(14, (i) => [
      `openscad -D teeth=40 -D gears=${i + 1} -o gears.stl $W/gears.scad 2> /dev/null`,
      `sleep ${3 + ((i * 5) % 8)}`,
    ]),
    mem: '192m',
    cpus: 0.6,
    breaks: 'oom_kill',
  },
  {
    family: 'image_layers',
    words: 'layers of container images, unpacked one over the other and pruned, on a small disk',
    session: [
      'bash $W/image-layers.sh make 9 700',
      'sleep 6',
      ...again(9, (i) => [
        `bash $W/image-layers.sh unpack image${i} ${1 + (i % 2)} ${5 + ((i * 2) % 5)}`,
        'sleep 12',
        ...(i % 3 === 2 ? ['bash $W/image-layers.sh prune 1', 'sleep 6'] : []),
      ]),
    ],
    mem: '96m',
    disk: '150m',
  },
  {
    family: 'fortran_stations',
    words: 'a program in Fortran that opens a file for each new station',
    language: 'fortran',
    session: ['gfortran -o stations $W/stations.f90', 'sleep 10', 'exec ./stations 130'],
    mem: '96m',
    nofile: 512,
    breaks: 'emfile',
  },
  {
    family: 'sheet_exports',
    words: 'tables turned into workbooks by LibreOffice',
    session: again(9, (i) => [
      `seq ${[20, 45, 20, 90, 60, 110, 30, 120, 120][i]}000 | awk '{print $1 "," rand() * 900 "," rand() "," $1 % 9 "," rand()}' > table.csv`,
      'soffice -env:UserInstallation=file://$PWD/profile --headless --convert-to xlsx table.csv > /dev/null 2> /dev/null',
      `sleep ${5 + ((i * 5) % 9)}`,
    ]),
    mem: '352m',
    cpus: 0.8,
  },
  {
    family: 'workbook_year',
    words: 'exports with openpyxl month by month, and at last the whole year at once',
    language: 'python',
    session: [
      ...again(12, (i) => [
        `${py} $W/workbook.py month${i}.xlsx ${5000 + ((i * 37) % 7) * 1300}`,
        `sleep ${9 + ((i * 7) % 8)}`,
      ]),
      `${py} $W/workbook.py year.xlsx 110000`,
    ],
    mem: '160m',
    breaks: 'oom_kill',
  },
  {
    family: 'photo_sizes',
    words: 'photographs made smaller and sharper with vips, one after the other',
    session: [
      'vips gaussnoise one.v 5000 3600',
      'vips worley two.v 4000 4000',
      ...again(14, (i) => [
        `vips resize ${i % 2 ? 'one' : 'two'}.v small.png 0.${2 + (i % 5)}`,
        `vips cast ${i % 2 ? 'two' : 'one'}.v eight.v uchar; vips gaussblur eight.v soft.jpg 8; vips rank eight.v clean.png 5 5 12; vips rotate eight.v turned.jpg ${10 + i}`,
        `sleep ${2 + ((i * 3) % 6)}`,
      ]),
    ],
    mem: '224m',
    disk: '400m',
    cpus: 0.6,
  },
  {
    family: 'code_search',
    words: 'searches through large trees with ripgrep and ctags',
    session: again(14, (i) => [
      `rg -c "${['static inline', 'struct .* \\{', 'TODO', 'import os', 'return NULL'][i % 5]}" /usr/include /usr/lib/python3 > found${i}.txt`,
      `ctags -R -f tags ${['/usr/include/linux', '/usr/lib/python3.11/asyncio /usr/lib/python3.11/email', '/usr/include/c++/12'][i % 3]} 2> /dev/null`,
      'sort -u found*.txt | wc -l > /dev/null',
      `sleep ${3 + ((i * 5) % 7)}`,
    ]),
    mem: '128m',
  },
  {
    family: 'load_plots',
    words: 'curves of a growing log, drawn with gnuplot every few seconds',
    session: [
      `while sleep 0.5; do awk -v n=$(date +%s%N) 'BEGIN { srand(n); for (i = 0; i < 500; i++) print n % 1000000 + i, rand() * 9, rand() * 200 }' >> log.dat; done &`,
      'sleep 5',
      ...again(60, (i) => [`gnuplot -e "log='log.dat'" $W/plot.gp 2> /dev/null`, `sleep ${2 + (i % 4)}`]),
    ],
    mem: '96m',
  },
  {
    family: 'parallel_jobs',
    words: 'some hundred small jobs at a time under GNU parallel',
    session: again(8, (i) => [
      `seq ${120 + ((i * 70) % 200)} | parallel --will-cite -j ${[12, 30, 20, 34][i % 4]} 'sleep 0.$(({} % 9)); head -c 200K /dev/urandom | xz -0 | md5sum > out{}' 2> /dev/null`,
      `sleep ${4 + ((i * 3) % 7)}`,
    ]),
    mem: '224m',
    pids: 160,
    cpus: 0.6,
  },
  {
    family: 'rollup_edits',
    words: 'modules that are edited, linted and bundled again and again',
    language: 'node',
    session: [
      'node $W/make-js.js js 14 30',
      `echo "export default [{ rules: { complexity: 1, 'no-unused-vars': 1, 'max-depth': 1 } }];" > eslint.config.mjs`,
      'sleep 4',
      ...again(8, (i) => [
        `for k in $(seq 120); do echo "export const e${i}_$k = (a) => a.map((b) => ({ b, n: [b, ${i}, $k] }));"; done >> js/m${(i * 3) % 14}.js`,
        `${nodeBin}/eslint js > /dev/null`,
        `${nodeBin}/rollup -i js/index.js -f es -o out.js --sourcemap --silent`,
        `sleep ${4 + ((i * 5) % 9)}`,
      ]),
    ],
    mem: '416m',
    cpus: 0.8,
  },
  {
    family: 'snapshot_rounds',
    words: 'snapshots with rsync of a folder that changes, seven of which are kept, on a small disk',
    session: again(24, (i) => [
      'bash $W/grow-tree.sh home 16 300 13',
      `mkdir -p snaps; rsync -a --delete --link-dest=$PWD/snaps/s${i - 1} home/ snaps/s${i}/ 2> /dev/null`,
      `rm -rf snaps/s${i - 7}`,
      `sleep ${4 + ((i * 3) % 6)}`,
    ]),
    mem: '96m',
    disk: '120m',
  },
  {
    family: 'audio_takes',
    words: 'takes of sound made, filtered, mixed and removed with sox, on a small disk',
    session: again(9, (i) => [
      `for k in $(seq ${3 + (i % 4)}); do sox -n -r 44100 -c 2 take$k.wav synth ${40 + i * 4} pinknoise gain -9 tremolo $k; done`,
      'sox -m take*.wav mix.wav reverb 2> /dev/null',
      `sox mix.wav voice${i}.flac rate 22050`,
      `sleep ${3 + ((i * 5) % 8)}`,
      'rm take*.wav mix.wav',
      'sleep 5',
    ]),
    mem: '96m',
    disk: '140m',
    cpus: 0.6,
  },
  {
    family: 'grid_solves',
    words: 'equations on grids of all sizes solved with scipy',
    language: 'python',
    session: [
      'sleep 6',
      `OPENBLAS_NUM_THREADS=1 exec /usr/bin/python3 $W/solves.py 5 150 300 220 340 260 330 120 320 > /dev/null`,
    ],
    mem: '256m',
  },
  {
    family: 'valgrind_tests',
    words: 'a parser in C changed, built and tested under valgrind again and again',
    language: 'c',
    session: [
      'cp $W/config-parser.c parser.c',
      ...again(9, (i) => [
        `echo 'int edit${i};' >> parser.c; gcc -g -O1 -o parser parser.c`,
        `awk 'BEGIN { for (i = 0; i < ${900 + ((i * 700) % 3000)}; i++) printf "a%d{b=1;c{d=2;}}", i }' > input`,
        'valgrind -q --leak-check=full ./parser < input > /dev/null',
        'valgrind -q --tool=massif --massif-out-file=massif.out ./parser < input > /dev/null',
        ...(i % 3 === 1 ? ['valgrind -q /usr/bin/python3 -c "import json, email.message" 2> /dev/null'] : []),
        `sleep ${5 + ((i * 7) % 10)}`,
      ]),
    ],
    mem: '96m',
  },
];

/** What each family does. */
export const toolWords = Object.fromEntries(listed.map(({ family, words }) => [family, words]));

/** The recordings, as in `cases.mjs`. */
export const tools = listed.map(({ words: _, breaks, language, ...run }, index) => ({
  id: `m${String(index + 1).padStart(2, '0')}`,
  set: 'exam',
  language: language ?? 'mixed',
  intended: breaks ?? 'benign',
  cpus: 0.5,
  disk: '500m',
  seconds: breaks === undefined ? 240 : 420,
  ...run,
}));
