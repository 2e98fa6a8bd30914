// The last exam: programs and families that are in none of the other sets, recorded last, after the forecaster was settled. By rule nothing is
// ever fitted to these runs, and none of them decides where a line is drawn.
//
// They need these Debian packages: beanstalkd chromium elixir erlang-base ffmpeg gdb guile-3.0 lua5.4 lua-socket memcached mosquitto
// mosquitto-clients nginx-light ocaml-nox octave pandoc php-cli postgresql python3-aiohttp python3-flask python3-pandas python3-pytest
// python3-sklearn r-base-core redis-server ruby ruby-webrick sbcl swi-prolog-nox tcpdump varnish
// and, in /opt/foresight-fresh: npm install express@5 webpack@5 webpack-cli vite@5 jest mocha pino

import { placed, served, visitors } from './visits.mjs';

const py = '/usr/bin/python3';
const node = 'NODE_PATH=/opt/foresight-fresh/node_modules exec node';
const bin = '/opt/foresight-fresh/node_modules/.bin';

const redis = (words) => `redis-server --port $PORT ${words}`;
const script = (lua, answers = '> /dev/null') => `exec redis-cli -p $PORT -r 1000000 -i 0.1 eval "${lua}" 0 ${answers}`;
/** Some redis commands at once, more of them in every third part of a minute. */
const bursts = (few, many, command) =>
  `local s = tonumber(redis.call('time')[1]); for i = 1, s % 60 < 20 and ${many} or ${few} do ${command} end`;

const mosquitto = (words) => [
  `printf 'listener $PORT 127.0.0.1\\nallow_anonymous true\\nuser root\\n${words}\\n' > m.conf`,
  ...served(
    'exec mosquitto -c m.conf 2> /dev/null',
    'mosquitto_sub -p $PORT -c -i evening -q 1 -t news -E',
    'while :; do head -c $(shuf -i 9-40 -n 1)K /dev/urandom | base64 -w0; echo; sleep 0.05; done | mosquitto_pub -l -q 1 -t news -p $PORT',
  ),
];

// postgres refuses to be root; in a user namespace of its own it is not.
const pg = '/usr/lib/postgresql/15/bin';
const postgres = (words, scale, ...then) => [
  `unshare -U ${pg}/initdb -D pg -U app -A trust --wal-segsize=4 > /dev/null`,
  ...served(
    `exec unshare -U ${pg}/postgres -D pg -p $PORT -k '' -h 127.0.0.1 ${words} > postgres.log`,
    `${pg}/pgbench -i -q -s ${scale} -h 127.0.0.1 -p $PORT -U app postgres 2> /dev/null`,
    ...then,
  ),
];
const pgbench = (words) => `exec ${pg}/pgbench -n -h 127.0.0.1 -p $PORT -U app ${words} postgres > /dev/null`;
const psql = (sql) => `psql -q -h 127.0.0.1 -p $PORT -U app -c "${sql}" postgres > /dev/null`;

/** Something that answers with the same 60 KB whatever is asked of it. */
const behind = [
  'mkdir www; head -c 45000 /dev/urandom | base64 > www/big',
  `exec ${py} -m http.server $BEHIND --bind 127.0.0.1 -d www > /dev/null 2>&1 &`,
];
const nginx = (limit) => [
  ...behind,
  `sed 's/PORT/$PORT/; s/BEHIND/$BEHIND/; s/LIMIT/${limit}/' $W/proxy.nginx > n.conf`,
];
const varnish = (size) =>
  `exec varnishd -F -j none -a 127.0.0.1:$PORT -b 127.0.0.1:$BEHIND -p default_ttl=3600 -p vsl_space=4m -p thread_pools=1 -p thread_pool_min=10 -s malloc,${size} -n $PWD/v > /dev/null`;
const go = (words) => ['go build -p 1 -o gateway $W/gateway.go', ...served(`exec ./gateway ${words}`)];
const chromium = (query) =>
  `exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=$PWD/profile --remote-debugging-port=0 "file://$W/board.html?${query}" 2> /dev/null`;
const ffmpeg = (size, rate, words) =>
  `ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc2=size=${size}:rate=${rate} ${words}`;
const edits = (first, last) =>
  `for i in $(seq 400); do sleep $(shuf -i 2-6 -n 1); echo "export const v$i = $i;" >> js/m$(shuf -i ${first}-${last} -n 1).js; done`;
const book = (sections) => [
  `seq ${sections} | awk '{print "# Part " $1 "\\n\\nSome *words* of [part](#p" $1 ") and \`code\`.\\n\\n- one\\n- two **bold**\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n"}' > book.md`,
  'pandoc -o book.html book.md',
];

const leaks = {
  ruby_shop: [{ session: served('exec ruby $W/web.rb $PORT 14 0', visitors('rps=14 shape=waves')), mem: '160m' }],
  ruby_queue: [{ session: ['sleep 12', 'exec ruby $W/queue.rb 30 90 30 0'], mem: '128m' }],
  php_children: [
    { session: ['sleep 5', 'exec php $W/children.php 0.8 0.2'], pids: 160, mem: '192m', intended: 'fork_fail' },
  ],
  php_worker: [{ session: ['sleep 20', 'exec php $W/worker.php 60 1 0'], mem: '128m' }],
  lua_timers: [{ session: ['sleep 8', 'exec lua5.4 $W/timers.lua 20 0.2 0'], mem: '128m' }],
  lisp_memo: [{ session: ['sleep 6', 'exec sbcl --script $W/memo.lisp 700 0'], mem: '256m', language: 'lisp' }],
  erlang_node: [
    { session: ['sleep 10', 'exec escript $W/mailbox.escript mailbox 600 100'], mem: '224m' },
    { session: ['sleep 5', 'exec elixir $W/history.exs 30 30 0'], mem: '256m', language: 'elixir' },
  ],
  r_frames: [{ session: ['sleep 10', 'exec Rscript $W/frames.R rbind 6000 1'], mem: '288m' }],
  prolog_facts: [{ session: ['sleep 15', 'exec swipl $W/facts.pl 2600 0'], mem: '192m' }],
  octave_cells: [
    {
      session: [
        'sleep 4',
        'exec octave --no-gui --quiet --eval "c={}; while true; n=randi(320); c{end+1}=rand(n,n*2); pause(0.6); end"',
      ],
      mem: '256m',
    },
  ],
  redis_store: [
    {
      session: served(
        redis("--save '' > /dev/null"),
        script(bursts(3, 16, "redis.call('rpush', 'jobs', string.rep(tostring(i), 6000))")),
      ),
      mem: '160m',
    },
    {
      session: served(
        redis('--save 40 100 > /dev/null'),
        script(bursts(9, 20, "redis.call('xadd', 'log', '*', 'n', i, 'text', string.rep('t', 4000))")),
      ),
      mem: '192m',
    },
    {
      session: served(
        redis("--save '' --appendonly yes --auto-aof-rewrite-percentage 0 1>&2"),
        script(
          bursts(4, 30, "redis.call('set', 'k' .. i, string.rep('v', 7000))"),
          '| grep --line-buffered MISCONF 1>&2',
        ),
      ),
      mem: '128m',
      disk: '240m',
      intended: 'enospc',
    },
  ],
  memcached_items: [
    {
      session: served(
        'exec memcached -u root -l 127.0.0.1 -p $PORT -m 1024',
        `exec ${py} $W/textfeed.py memcached $PORT rate=90 kb=6`,
      ),
      mem: '192m',
      seed: 51,
    },
  ],
  beanstalk_jobs: [
    {
      session: served(
        'exec beanstalkd -l 127.0.0.1 -p $PORT -z 400000',
        `exec ${py} $W/textfeed.py beanstalk $PORT rate=50 kb=14 work=14 shape=waves`,
      ),
      mem: '144m',
      seed: 52,
    },
  ],
  mosquitto_queue: [{ session: mosquitto('max_queued_messages 0'), mem: '128m' }],
  postgres_base: [
    {
      session: postgres(
        '-c max_wal_size=48MB -c min_wal_size=16MB -c shared_buffers=32MB -c checkpoint_timeout=30s',
        2,
        psql("select pg_create_physical_replication_slot('standby', true)"),
        pgbench('-R 160 -T 1000 -c 3'),
      ),
      mem: '256m',
      disk: '260m',
      intended: 'enospc',
    },
  ],
  nginx_cache: [
    {
      session: [
        ...nginx(''),
        ...served('exec nginx -p $PWD -c n.conf -e stderr', visitors('path=/big rps=14 shape=bursts')),
      ],
      mem: '128m',
      disk: '200m',
      seed: 54,
      intended: 'enospc',
    },
  ],
  flask_pages: [
    { session: served(`exec ${py} $W/pages.py $PORT 24 0`, visitors('rps=8 shape=bursts')), mem: '160m', seed: 55 },
  ],
  news_feed: [{ session: served(`exec ${py} $W/feed.py $PORT 8 0`, visitors('rps=1')), mem: '160m', seed: 56 }],
  pandas_tables: [
    { session: ['sleep 10', `exec ${py} $W/tables.py concat 16000 1`], mem: '256m' },
    { session: ['sleep 25', `exec ${py} $W/tables.py notebook 60000 6`], mem: '384m' },
    { session: ['sleep 10', `exec ${py} $W/tables.py crossing 6000 2 140`], mem: '384m' },
  ],
  sklearn_forest: [{ session: ['sleep 10', `exec ${py} $W/forest.py grow 3000 5 2.5`], mem: '320m', seconds: 900 }],
  pytest_suite: [
    {
      session: ['cp $W/fixtures.py test_orders.py', 'sleep 9', `KEEP=1 MIB=1 exec ${py} -m pytest -q test_orders.py`],
      mem: '192m',
    },
  ],
  js_suites: [
    {
      session: [
        'node $W/make-tests.js suite 120 3 3 keep',
        'echo {} > package.json',
        'sleep 5',
        `node --max-old-space-size=190 ${bin}/jest -i suite > /dev/null`,
      ],
      mem: '512m',
      intended: 'v8_heap_oom',
    },
    {
      session: ['node $W/make-tests.js suite 200 2 2 keep', 'sleep 15', `${bin}/mocha suite > /dev/null`],
      mem: '288m',
    },
  ],
  bundle_watch: [
    {
      session: [
        'node $W/make-js.js js 60 40',
        'sleep 8',
        `KEEP=1 NODE_OPTIONS=--max-old-space-size=230 ${bin}/webpack --watch -c $W/webpack.watch.cjs > /dev/null &`,
        'sleep 12',
        edits(0, 59),
      ],
      mem: '512m',
      intended: 'v8_heap_oom',
    },
  ],
  express_shop: [
    { session: served(`${node} $W/shop.cjs $PORT 80 0`, visitors('rps=9 shape=waves')), mem: '224m', seed: 57 },
  ],
  socket_chat: [
    {
      session: served(`${node} $W/chat.cjs server $PORT 30 4 0`, `${node} $W/chat.cjs clients $PORT 24`),
      mem: '288m',
    },
  ],
  bus_listeners: [
    {
      session: served('exec node --max-old-space-size=100 $W/listeners.js $PORT on', visitors('rps=9 shape=bursts')),
      mem: '320m',
      seed: 59,
      intended: 'v8_heap_oom',
    },
  ],
  log_journal: [
    { session: ['sleep 10', `${node} $W/journal.cjs 1100 0`], mem: '160m', disk: '200m', intended: 'enospc' },
  ],
  go_gateway: [
    {
      session: [...go('bodies $PORT 6'), visitors('rps=2.5 shape=waves')],
      mem: '384m',
      nofile: 512,
      seed: 60,
      intended: 'emfile',
    },
    { session: [...go('sessions $PORT 110'), visitors('rps=9 shape=bursts')], mem: '384m', seed: 61 },
  ],
  java_shop: [
    {
      session: served('exec java -Xmx96m $W/Shop.java sessions $PORT 2500 0', visitors('rps=4')),
      mem: '384m',
      seed: 62,
      intended: 'java_oom',
    },
    {
      session: served('exec java -Xmx128m $W/Shop.java classes $PORT 12 0', visitors('rps=8 shape=waves')),
      mem: '320m',
      seed: 63,
    },
  ],
  browser_board: [{ session: ['sleep 5', chromium('keep&14')], mem: '640m', cpus: 0.8, pids: 400 }],
  video_capture: [{ session: ['sleep 8', ffmpeg('320x180', 10, '-vf reverse -c:v mjpeg out.avi')], mem: '192m' }],
  core_dumps: [
    {
      session: [
        `echo $$ > pid; exec ${py} -c "import time, json; rows = list(range(300000)); time.sleep(9999)" &`,
        'sleep 10',
        'for i in $(seq 200); do gdb -q -batch -p $(cat pid) -ex "gcore core.$i" > /dev/null || exit 1; sleep $(shuf -i 5-12 -n 1); done',
      ],
      mem: '256m',
      disk: '330m',
      intended: 'enospc',
    },
  ],
  packet_dump: [
    {
      session: [
        ...behind,
        'sleep 3',
        'tcpdump -q -i lo -Z root -U -w - port $BEHIND | gzip -1 > all.pcap.gz &',
        `exec ${py} $W/visitors.py $BEHIND path=/big rps=10 shape=waves`,
      ],
      mem: '128m',
      disk: '180m',
      seed: 64,
      intended: 'enospc',
    },
  ],
  sqlite_journal: [
    { session: ['sleep 6', `exec ${py} $W/wal.py 500 reader`], mem: '128m', disk: '200m', intended: 'enospc' },
  ],
  pandoc_book: [
    {
      session: [
        ...[500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500, 5_200, 6_000].flatMap((n) => [
          ...book(n),
          'sleep 22',
        ]),
      ],
      mem: '224m',
      cpus: 0.8,
    },
  ],
};

const ends = {
  ruby_shop: [{ session: served('exec ruby $W/web.rb $PORT 24 1300', visitors('rps=14 shape=waves')), mem: '160m' }],
  ruby_pool: [{ session: ['sleep 5', 'exec ruby $W/children.rb 1.1 90'], pids: 128, mem: '256m' }],
  php_uploads: [
    {
      session: served(
        'KEEP=120 exec php -S 127.0.0.1:$PORT $W/upload.php > /dev/null 2>&1',
        'while sleep 1; do head -c $(shuf -i 300-2300 -n 1)K /dev/urandom | curl -s --data-binary @- http://127.0.0.1:$PORT/ > /dev/null; done',
      ),
      mem: '160m',
      disk: '200m',
    },
  ],
  lisp_memo: [
    { session: ['sleep 6', 'exec guile --no-auto-compile $W/memo.scm 2500 200000'], mem: '128m', language: 'scheme' },
  ],
  erlang_node: [{ session: ['sleep 5', 'exec escript $W/mailbox.escript ets 700 60000'], mem: '144m' }],
  ocaml_index: [
    {
      session: ['cp $W/terms.ml .', 'ocamlopt -o terms unix.cmxa terms.ml', 'sleep 9', 'exec ./terms 160 24000'],
      mem: '144m',
      seconds: 420,
    },
  ],
  redis_store: [
    {
      session: served(
        redis("--save '' --maxmemory 120mb --maxmemory-policy allkeys-lru > /dev/null"),
        script(bursts(6, 24, "redis.call('set', 'page:' .. redis.call('incr', 'n'), string.rep('p', 9000))")),
      ),
      mem: '160m',
    },
    {
      session: served(
        redis("--save '' > /dev/null"),
        script(
          bursts(8, 16, "redis.call('set', 'page:' .. redis.call('incr', 'n'), string.rep('p', 9000), 'ex', 100)"),
        ),
      ),
      mem: '144m',
    },
  ],
  memcached_items: [
    {
      session: served(
        'exec memcached -u root -l 127.0.0.1 -p $PORT -m 110',
        `exec ${py} $W/textfeed.py memcached $PORT rate=110 kb=8`,
      ),
      mem: '160m',
      seed: 71,
    },
  ],
  beanstalk_jobs: [
    {
      session: served(
        'exec beanstalkd -l 127.0.0.1 -p $PORT -z 400000',
        `exec ${py} $W/textfeed.py beanstalk $PORT rate=40 kb=200 work=45 shape=waves`,
      ),
      mem: '128m',
      seed: 72,
    },
  ],
  postgres_base: [
    {
      session: postgres(
        '-c max_wal_size=64MB -c min_wal_size=16MB -c shared_buffers=32MB -c checkpoint_timeout=30s',
        2,
        pgbench('-R 90 -T 1000 -c 3'),
      ),
      mem: '256m',
      disk: '160m',
    },
    {
      session: postgres('-c shared_buffers=110MB', 9, pgbench('-S -R 40 -T 1000 -c 16')),
      mem: '256m',
    },
  ],
  varnish_cache: [
    { session: [...behind, ...served(varnish('80m'), visitors('path=/big rps=11'))], mem: '160m', seed: 73 },
  ],
  nginx_cache: [
    {
      session: [
        ...nginx('max_size=110m'),
        ...served('exec nginx -p $PWD -c n.conf -e stderr', visitors('path=/big rps=14 shape=bursts')),
      ],
      mem: '128m',
      disk: '160m',
      seed: 74,
    },
  ],
  flask_pages: [{ session: served(`exec ${py} $W/pages.py $PORT 24 900`, visitors('rps=8')), mem: '160m', seed: 75 }],
  pandas_tables: [
    { session: ['sleep 10', `exec ${py} $W/tables.py chunks 900000 2`], mem: '256m' },
    { session: ['sleep 15', `exec ${py} $W/tables.py notebook 60000 4 24`], mem: '288m' },
  ],
  sklearn_forest: [{ session: ['sleep 10', `exec ${py} $W/forest.py search 3000 60 2`], mem: '160m', cpus: 0.7 }],
  pytest_suite: [
    {
      session: ['cp $W/fixtures.py test_orders.py', 'sleep 9', `MIB=45 TESTS=150 ${py} -m pytest -q test_orders.py`],
      mem: '192m',
    },
  ],
  js_suites: [
    {
      session: ['node $W/make-tests.js suite 120 24 2 free', 'sleep 12', `${bin}/mocha suite > /dev/null`],
      mem: '160m',
    },
  ],
  bundle_watch: [
    {
      session: [
        'node $W/make-js.js js 90 40',
        'sleep 8',
        `${bin}/webpack --watch -c $W/webpack.watch.cjs > /dev/null &`,
        'sleep 12',
        edits(0, 89),
      ],
      mem: '192m',
    },
    {
      session: [
        'node $W/make-js.js js 70 40',
        `echo '<script type="module" src="/js/index.js"></script>' > index.html`,
        ...served(
          `exec ${bin}/vite --host 127.0.0.1 --port $PORT --strictPort . > /dev/null`,
          'for i in $(seq 0 69); do curl -s http://127.0.0.1:$PORT/js/m$i.js > /dev/null; sleep 2; done; sleep 600',
        ),
      ],
      mem: '400m',
    },
  ],
  express_shop: [
    { session: served(`${node} $W/shop.cjs $PORT 110 1000`, visitors('rps=9 shape=waves')), mem: '192m', seed: 77 },
  ],
  socket_chat: [
    {
      session: served(`${node} $W/chat.cjs server $PORT 20 4 6000`, `${node} $W/chat.cjs clients $PORT 30`),
      mem: '144m',
      seconds: 360,
    },
  ],
  log_journal: [{ session: ['sleep 10', `${node} $W/journal.cjs 1200 45`], mem: '160m', disk: '120m' }],
  go_gateway: [{ session: [...go('bounded $PORT 80'), visitors('rps=10 shape=bursts')], mem: '384m', seed: 81 }],
  java_shop: [
    {
      session: served('exec java -Xmx150m $W/Shop.java recent $PORT 3000 420', visitors('rps=6 shape=waves')),
      mem: '320m',
      seed: 82,
    },
  ],
  browser_board: [{ session: ['sleep 5', chromium('free&14')], mem: '320m', cpus: 0.8, pids: 400 }],
  video_capture: [
    {
      session: [
        'sleep 8',
        ffmpeg(
          '640x360',
          15,
          '-vf noise=alls=12:allf=t -c:v mjpeg -q:v 5 -f segment -segment_time 25 -segment_wrap 5 part%d.avi',
        ),
      ],
      mem: '192m',
      disk: '120m',
    },
    {
      session: ['sleep 8', ffmpeg('320x180', '10:duration=150', '-vf reverse -c:v mjpeg out.avi'), 'sleep 90'],
      mem: '192m',
    },
  ],
  sqlite_journal: [{ session: ['sleep 6', `exec ${py} $W/wal.py 1600 free 120`], mem: '128m', disk: '170m' }],
  pandoc_book: [
    {
      session: [600, 1_200, 1_800, 2_400, 2_400, 2_500, 2_400].flatMap((n) => [...book(n), 'sleep 22']),
      mem: '224m',
      cpus: 0.8,
    },
  ],
};

/** What the families are, in words. */
export const freshWords = {
  ruby_shop: 'a shop in Ruby that remembers its visitors',
  ruby_queue: 'a job queue in Ruby and its one worker',
  php_children: 'a PHP daemon that does not wait for its children',
  ruby_pool: 'a pool of Ruby processes that warms up',
  php_worker: 'a PHP worker that keeps its orders',
  php_uploads: 'uploads to a PHP server, kept on a small disk',
  lua_timers: 'a Lua program whose timers nobody cancels',
  lisp_memo: 'tables of results in Common Lisp and Scheme',
  erlang_node: 'mailboxes, tables and histories of Erlang and Elixir',
  r_frames: 'a data frame in R, to which rows are bound',
  ocaml_index: 'a search index in OCaml, compiled first',
  prolog_facts: 'a Prolog program that asserts what it sees',
  octave_cells: 'an Octave session that keeps its matrices',
  redis_store: 'lists, streams, pages and the append-only file of redis',
  memcached_items: 'memcached, filled item by item',
  beanstalk_jobs: 'jobs of beanstalkd and a worker that is slower or faster than they come',
  mosquitto_queue: 'messages that mosquitto keeps for a subscriber who is away',
  postgres_base: 'PostgreSQL under pgbench: its log on a small disk, its buffers',
  varnish_cache: 'the cache of Varnish before a slow service',
  nginx_cache: 'the cache of nginx on a small disk',
  flask_pages: 'a Flask site that keeps its rendered pages',
  news_feed: 'an aiohttp server with a queue for each who ever subscribed',
  pandas_tables: 'frames of pandas, as in a notebook',
  sklearn_forest: 'forests of scikit-learn',
  pytest_suite: 'a pytest suite and its fixtures',
  js_suites: 'test suites under jest and mocha',
  bundle_watch: 'webpack and Vite that watch and serve what is edited',
  express_shop: 'a shop on Express and its sessions',
  socket_chat: 'a chat over WebSockets, some of whose clients do not read',
  bus_listeners: 'a Node.js server whose requests leave listeners behind',
  log_journal: 'a log of pino on a small disk',
  go_gateway: 'a gateway in Go, compiled first',
  java_shop: 'a shop in Java: its sessions and its classes',
  browser_board: 'a page in a browser without a window, always renewed',
  video_capture: 'ffmpeg: recordings, and frames that are held back',
  core_dumps: 'core files of a running program on a small disk',
  packet_dump: 'tcpdump on a small disk',
  sqlite_journal: 'the write-ahead log of SQLite on a small disk',
  pandoc_book: 'pandoc on a book that is being written',
};

const languages = {
  ruby_shop: 'ruby',
  ruby_queue: 'ruby',
  php_children: 'php',
  ruby_pool: 'ruby',
  php_worker: 'php',
  php_uploads: 'php',
  lua_timers: 'lua',
  erlang_node: 'erlang',
  r_frames: 'r',
  ocaml_index: 'ocaml',
  prolog_facts: 'prolog',
  octave_cells: 'octave',
  redis_store: 'redis',
  memcached_items: 'memcached',
  beanstalk_jobs: 'beanstalkd',
  mosquitto_queue: 'mosquitto',
  postgres_base: 'postgres',
  varnish_cache: 'varnish',
  nginx_cache: 'nginx',
  flask_pages: 'python',
  news_feed: 'python',
  pandas_tables: 'python',
  sklearn_forest: 'python',
  pytest_suite: 'python',
  js_suites: 'node',
  bundle_watch: 'node',
  express_shop: 'node',
  socket_chat: 'node',
  bus_listeners: 'node',
  log_journal: 'node',
  go_gateway: 'go',
  java_shop: 'java',
  browser_board: 'chromium',
  video_capture: 'ffmpeg',
  core_dumps: 'gdb',
  packet_dump: 'tcpdump',
  sqlite_journal: 'sqlite',
  pandoc_book: 'haskell',
};

const listed = (set, intended) =>
  Object.entries(set).flatMap(([family, runs]) =>
    runs.map((run) => ({
      family,
      set: 'fresh',
      language: languages[family] ?? 'mixed',
      intended,
      cpus: 0.5,
      disk: '500m',
      seconds: intended === 'benign' ? 300 : 600,
      ...run,
    })),
  );

/** The recordings, as in `cases.mjs`. */
export const fresh = [...listed(leaks, 'oom_kill'), ...listed(ends, 'benign')].map((one, index) => ({
  id: `k${String(index + 1).padStart(2, '0')}`,
  ...one,
  session: placed(one.session, 7_200, index),
}));
