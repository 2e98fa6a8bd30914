// The second exam: programs and families that are in none of the other sets. This half: services and languages.
//
// They need these Debian packages: apache2-bin clojure dnsmasq-base emacs-nox etcd-server fp-compiler gfortran ghc gunicorn haproxy
// libapache2-mod-php8.2 libglib2.0-dev lighttpd mariadb-client-core mariadb-server-core mono-mcs mono-runtime nats-server
// ngircd nim prometheus python3-fastapi python3-ipykernel python3-jupyter-client python3-pika python3-uvicorn rabbitmq-server racket rakudo squid tcl tmux unbound valac
// and, in /opt/foresight-exam: npm install typescript@5 socket.io socket.io-client autocannon bun deno

import { placed, served, visitors } from './visits.mjs';

const py = '/usr/bin/python3';
const bin = '/opt/foresight-exam/node_modules/.bin';
/** Several visitors at the same time, for a while. */
const crowd = (many, seconds, path = '') =>
  `${bin}/autocannon -c ${many} -d ${seconds} -t 60 -w 1 'http://127.0.0.1:$PORT/${path}' > /dev/null 2>&1`;

const etcd = (words, feed) =>
  served(
    `exec etcd --data-dir e --log-level error --listen-client-urls http://127.0.0.1:$PORT --advertise-client-urls http://127.0.0.1:$PORT --listen-peer-urls http://127.0.0.1:$BEHIND ${words} > /dev/null`,
    `exec ${py} $W/keyfeed.py $PORT ${feed}`,
  );
const nats = (pending, feed) => [
  `printf 'listen: 127.0.0.1:$PORT\\nmax_pending: ${pending}\\nwrite_deadline: "600s"\\n' > n.conf`,
  ...served('exec nats-server -c n.conf > /dev/null 2>&1', `exec ${py} $W/newsroom.py $PORT ${feed}`),
];
const prometheus = (every, pods, ...then) => [
  `sed 's/EVERY/${every}/; s/BEHIND/$BEHIND/' $W/scrape.yml > p.yml`,
  `exec ${py} $W/pods.py $BEHIND ${pods} &`,
  ...served(
    'exec prometheus --config.file=p.yml --storage.tsdb.path=p --web.listen-address=127.0.0.1:$PORT --log.level=error',
    ...then,
  ),
];
const apache = (most, age, ...then) => [
  `sed 's/PORT/$PORT/; s/MOST/${most}/; s/AGE/${age}/' $W/prefork.httpd > a.conf`,
  ...served('exec unshare -U apache2 -f $PWD/a.conf -DFOREGROUND', ...then),
];
/** A small site to stand behind something else: pages of 60 KB. */
const behind = [
  'mkdir www; for i in $(seq 40); do head -c 45000 /dev/urandom | base64 > www/p$i; done',
  `exec ${py} -m http.server $BEHIND --bind 127.0.0.1 -d www > /dev/null 2>&1 &`,
];

const database = 'mariadb -S $PWD/m.sock -u root shop -e';
const mariadb = (words, ...then) => [
  'mariadb-install-db --no-defaults --user=root --datadir=$PWD/d --auth-root-authentication-method=normal --skip-test-db > /dev/null 2>&1',
  ...served(
    `exec mariadbd --no-defaults --user=root --datadir=$PWD/d --socket=$PWD/m.sock --port=$PORT --bind-address=127.0.0.1 --innodb-log-file-size=8M ${words}`,
    'sleep 2; mariadb -S $PWD/m.sock -u root -e "create database shop"',
    ...then.map((line) => line.replaceAll(/\bsql\b/g, database)),
  ),
];
const rabbit = (orders) =>
  served(
    "HOME=$PWD ERL_EPMD_PORT=8390 RABBITMQ_DIST_PORT=$BEHIND RABBITMQ_NODENAME=o$PORT@localhost RABBITMQ_NODE_PORT=$PORT RABBITMQ_MNESIA_BASE=$PWD/m RABBITMQ_LOGS=$PWD/log RABBITMQ_ENABLED_PLUGINS_FILE=$PWD/plugins RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2' exec /usr/lib/rabbitmq/bin/rabbitmq-server > /dev/null 2>&1",
    `exec ${py} $W/rabbit-orders.py $PORT ${orders}`,
  );

const runs = [
  {
    family: 'apache_workers',
    session: apache(
      80,
      0,
      ...[3, 8, 16, 26, 40].map((many) => crowd(many, 45, 'statement.php?mb=4&wait=3')),
      'sleep 200',
    ),
    mem: '224m',
    breaks: 'oom_kill',
  },
  {
    family: 'lighttpd_cgi',
    session: [
      'mkdir cgi; cp $W/invoice.cgi cgi/',
      `printf 'server.document-root="%s/cgi"\\nserver.port=$PORT\\nserver.bind="127.0.0.1"\\nserver.modules=("mod_cgi")\\ncgi.assign=(".cgi"=>"")\\n' $PWD > l.conf`,
      ...served(
        'exec lighttpd -D -f l.conf',
        `while sleep 0.$(shuf -i 3-9 -n 1); do curl -s http://127.0.0.1:$PORT/invoice.cgi > /dev/null & done`,
      ),
    ],
    mem: '112m',
  },
  { family: 'etcd_config', session: etcd('', '45 9'), mem: '320m', disk: '240m', breaks: 'enospc' },
  { family: 'prometheus_scrapes', session: prometheus('2s', '4000 12', 'sleep 900'), mem: '256m', breaks: 'oom_kill' },
  {
    family: 'gunicorn_letters',
    session: served(
      `KB=220 exec gunicorn -w 3 -b 127.0.0.1:$PORT --max-requests 60 --max-requests-jitter 25 --log-level critical --chdir $W letters:app`,
      visitors('rps=7 shape=waves'),
    ),
    mem: '112m',
  },
  { family: 'nats_readers', session: nats('2GB', '500 4 1'), mem: '192m', breaks: 'oom_kill' },
  {
    family: 'haproxy_front',
    session: [
      ...behind,
      `printf 'global\\n maxconn 200\\ndefaults\\n mode http\\n timeout connect 5s\\n timeout client 30s\\n timeout server 30s\\nfrontend f\\n bind 127.0.0.1:$PORT\\n default_backend b\\nbackend b\\n server s 127.0.0.1:$BEHIND\\n' > h.cfg`,
      ...served(
        'exec haproxy -f h.cfg',
        crowd(4, 40, 'p1'),
        'sleep 15',
        crowd(20, 50, 'p2'),
        'sleep 20',
        crowd(8, 60, 'p3'),
      ),
    ],
    mem: '96m',
  },
  {
    family: 'fastapi_thumbs',
    session: served(
      `KB=320 WORK=3 exec ${py} -m uvicorn thumbs:app --app-dir $W --port $PORT --log-level error`,
      visitors('rps=5 shape=waves'),
    ),
    mem: '192m',
    breaks: 'oom_kill',
  },
  {
    family: 'unbound_names',
    session: [
      'exec dnsmasq -k -u root -p $BEHIND --no-resolv --no-hosts --listen-address=127.0.0.1 --bind-interfaces --address=/lan/10.1.2.3 --cache-size=0 --conf-file=/dev/null --pid-file &',
      `printf 'server:\\n username: ""\\n chroot: ""\\n directory: "%s"\\n pidfile: ""\\n port: $PORT\\n interface: 127.0.0.1\\n do-not-query-localhost: no\\n use-syslog: no\\n msg-cache-size: 24m\\n rrset-cache-size: 40m\\n module-config: "iterator"\\nstub-zone:\\n name: lan\\n stub-addr: 127.0.0.1@$BEHIND\\nremote-control:\\n control-enable: no\\n' $PWD > u.conf`,
      ...served('exec unbound -d -c u.conf', `exec ${py} $W/resolve.py $PORT 2400 0`),
    ],
    mem: '128m',
  },
  {
    family: 'wget_mirror',
    session: [
      `exec perl $W/calendar-site.pl $BEHIND 60 &`,
      'sleep 3',
      "wget -nv -r -l inf -nH --wait=0.08 --random-wait -P mirror http://127.0.0.1:$BEHIND/day/1 2>&1 | grep --line-buffered -v ' URL:' 1>&2",
      'sleep 5',
    ],
    mem: '160m',
    disk: '150m',
    breaks: 'enospc',
  },
  {
    family: 'squid_cache',
    session: [
      ...behind,
      `printf 'http_port 127.0.0.1:$PORT\\nhttp_access allow all\\ncache_mem 40 MB\\nmaximum_object_size_in_memory 512 KB\\ncoredump_dir %s\\npid_filename none\\naccess_log none\\ncache_log %s/cache.log\\nrefresh_pattern . 60 50%% 600\\n' $PWD $PWD > s.conf`,
      ...served(
        'exec unshare -U squid -N -f s.conf',
        `for i in $(seq 4000); do curl -s -x 127.0.0.1:$PORT "http://127.0.0.1:$BEHIND/p$(shuf -i 1-40 -n 1)?q=$(shuf -i 1-60 -n 1)" > /dev/null; sleep 0.1; done`,
      ),
    ],
    mem: '96m',
  },
  {
    family: 'tmux_panes',
    session: [
      'sleep 5',
      `tmux -S t -f /dev/null new-session -d -x 200 -y 50; tmux -S t set -g history-limit 9000000`,
      `for i in 1 2 3; do tmux -S t new-window "while :; do head -c 9000 /dev/urandom | base64 -w 150; sleep 0.1; done"; sleep 50; done; sleep 300`,
      'tmux -S t kill-server',
    ],
    mem: '160m',
    breaks: 'oom_kill',
  },
  {
    family: 'mono_ticker',
    session: ['mcs -out:Ticker.exe $W/Ticker.cs', 'sleep 6', 'exec mono Ticker.exe 11 100 keep'],
    mem: '192m',
    breaks: 'oom_kill',
  },
  {
    family: 'racket_wizard',
    session: served('exec racket $W/wizard.rkt $PORT 150 expire', visitors('rps=5 shape=waves')),
    mem: '400m',
  },
  {
    family: 'fortran_field',
    session: ['gfortran -O2 -o field $W/field.f90', 'sleep 10', 'exec ./field 700 22 0'],
    mem: '128m',
    disk: '260m',
    breaks: 'enospc',
  },
  {
    family: 'tsserver_session',
    session: [
      'sleep 5',
      `NODE_PATH=/opt/foresight-exam/node_modules exec node $W/project-server.cjs 300 150 close 300`,
    ],
    mem: '256m',
  },
  {
    family: 'haskell_ledger',
    session: ['cp $W/Ledger.hs .; ghc -v0 -O0 -o ledger Ledger.hs', 'sleep 12', 'exec ./ledger lazy 14000 500'],
    mem: '288m',
    breaks: 'oom_kill',
  },
  {
    family: 'ngircd_rooms',
    session: [
      `printf '[Global]\\nName = irc.test.net\\nInfo = rooms\\nPorts = $PORT\\nListen = 127.0.0.1\\n[Limits]\\nMaxConnectionsIP = 0\\nMaxJoins = 0\\n[Options]\\nIdent = no\\nDNS = no\\nPAM = no\\n' > i.conf`,
      ...served('exec unshare -U ngircd -n -f $PWD/i.conf > /dev/null', 'exec tclsh $W/talkers.tcl $PORT 60 30'),
    ],
    mem: '96m',
  },
  {
    family: 'vala_album',
    session: ['valac --pkg glib-2.0 -o album $W/signals.vala 2> /dev/null', 'sleep 5', 'exec ./album 9 110 75'],
    mem: '224m',
    breaks: 'oom_kill',
  },
  {
    family: 'mariadb_tables',
    session: mariadb(
      '--innodb-buffer-pool-size=96M',
      "sql 'create table pages (id int primary key, body text); insert into pages select seq, repeat(md5(seq), 120) from seq_1_to_26000'",
      'while :; do sql "select count(*), max(length(body)) from pages where id between $(shuf -i 1-26000 -n 1) and $(shuf -i 1-26000 -n 1); update pages set body = repeat(md5(rand()), 120) where id = $(shuf -i 1-26000 -n 1)"; sleep 0.5; done',
    ),
    mem: '224m',
  },
  {
    family: 'tmux_panes',
    session: [
      'sleep 8',
      'tmux -S t -f /dev/null new-session -d',
      'touch log; for i in $(seq 300); do tmux -S t new-window "tail -f log | grep word$i"; sleep $(shuf -i 2-8 -n 1); done',
    ],
    mem: '192m',
    pids: 110,
    breaks: 'fork_fail',
  },
  {
    family: 'clojure_timeline',
    session: [
      'sleep 4',
      'exec java -Xmx150m -cp /usr/share/java/clojure-1.11.jar clojure.main $W/timeline.clj agents 1500',
    ],
    mem: '288m',
  },
  {
    family: 'clojure_timeline',
    session: [
      'sleep 7',
      'exec java -Xmx90m -XX:+ExitOnOutOfMemoryError -cp /usr/share/java/clojure-1.11.jar clojure.main $W/timeline.clj head 900 1>&2',
    ],
    mem: '320m',
    breaks: 'java_oom',
  },
  {
    family: 'guestbook_runtimes',
    session: served(`exec ${bin}/deno run -A $W/guestbook.ts $PORT 90 700`, visitors('rps=12 shape=bursts')),
    mem: '160m',
  },
  {
    family: 'guestbook_runtimes',
    session: served(`exec ${bin}/bun $W/guestbook.ts $PORT 90 0`, visitors('rps=10 shape=bursts')),
    mem: '224m',
    breaks: 'oom_kill',
  },
  {
    family: 'nim_modules',
    session: [
      'awk -v modules=5 -v procs=80 -f $W/make-nim.awk',
      'for i in $(seq 40); do echo "proc more$i*(): int = $i" >> nim/part$(shuf -i 0-4 -n 1).nim; nim c --hints:off --parallelBuild:2 --nimcache:cache -o:shop nim/main.nim; sleep $(shuf -i 5-20 -n 1); done',
    ],
    mem: '288m',
    cpus: 0.8,
  },
  {
    family: 'nim_lobby',
    session: [
      'nim c --hints:off --nimcache:cache -o:lobby $W/lobby.nim',
      ...served('exec ./lobby $PORT 0', 'exec perl $W/players.pl $PORT 2.5 4'),
    ],
    mem: '256m',
    nofile: 400,
    breaks: 'emfile',
  },
  {
    family: 'jupyter_cells',
    session: [
      'sleep 5',
      `JUPYTER_RUNTIME_DIR=$PWD IPYTHONDIR=$PWD exec ${py} $W/jupyter-day.py restart 9000 2> /dev/null`,
    ],
    mem: '224m',
  },
  {
    family: 'jupyter_cells',
    session: [
      'sleep 15',
      `JUPYTER_RUNTIME_DIR=$PWD IPYTHONDIR=$PWD exec ${py} $W/jupyter-day.py history 9000 2> /dev/null`,
    ],
    mem: '288m',
    breaks: 'oom_kill',
  },
  { family: 'emacs_logs', session: ['sleep 6', 'exec emacs -Q --batch -l $W/compile-log.el 120 4000'], mem: '96m' },
  {
    family: 'mariadb_tables',
    session: mariadb(
      '--log-bin=binlog --max-binlog-size=16M --innodb-buffer-pool-size=32M',
      "sql 'create table queue (id int auto_increment primary key, body mediumtext)'",
      'while sleep 0.6; do sql "insert into queue (body) select repeat(md5(rand()), $(shuf -i 200-9000 -n 1)) from seq_1_to_3; delete from queue limit 3"; done',
    ),
    mem: '256m',
    disk: '220m',
    breaks: 'enospc',
  },
  { family: 'rabbit_orders', session: rabbit('60 20 90'), mem: '224m' },
  {
    family: 'tsserver_session',
    session: ['sleep 5', `NODE_PATH=/opt/foresight-exam/node_modules exec node $W/project-server.cjs 300 250 keep 230`],
    mem: '512m',
    breaks: 'v8_heap_oom',
  },
  {
    family: 'socketio_rooms',
    session: served(
      'NODE_PATH=/opt/foresight-exam/node_modules exec node $W/rooms.cjs server $PORT 40',
      'NODE_PATH=/opt/foresight-exam/node_modules exec node $W/rooms.cjs clients $PORT 24',
    ),
    mem: '192m',
    seconds: 170,
  },
  {
    family: 'racket_wizard',
    session: served('exec racket $W/wizard.rkt $PORT 150 never', visitors('rps=5 shape=waves')),
    mem: '384m',
    breaks: 'oom_kill',
  },
  {
    family: 'etcd_config',
    session: etcd('--snapshot-count 1500', '30 12 25'),
    mem: '256m',
    seconds: 170,
    disk: '300m',
  },
  {
    family: 'haskell_records',
    session: [
      'awk -v modules=4 -v types=10 -f $W/make-hs.awk',
      'for i in $(seq 20); do (cd hs; echo "more$i :: Int; more$i = $i" >> Part$(shuf -i 1-3 -n 1).hs; ghc -v0 -O1 -o shop Main.hs); sleep $(shuf -i 4-15 -n 1); done',
    ],
    mem: '320m',
    seconds: 170,
    cpus: 0.8,
  },
  {
    family: 'haskell_records',
    session: [
      'awk -v modules=2 -v types=6 -f $W/make-hs.awk',
      'sleep 10',
      '(cd hs; ghc -v0 -O1 -o shop Main.hs)',
      'sleep 30',
      'awk -v modules=4 -v types=9 -f $W/make-hs.awk',
      '(cd hs; ghc -v0 -O1 -o shop Main.hs)',
      'sleep 25',
      'awk -v modules=3 -v types=40 -f $W/make-hs.awk',
      '(cd hs; ghc -v0 -O1 -o shop Main.hs)',
      'sleep 60',
    ],
    mem: '400m',
    cpus: 0.8,
    breaks: 'oom_kill',
  },
  {
    family: 'prometheus_scrapes',
    session: prometheus(
      '3s',
      '5000 0',
      'while sleep 1; do curl -s "http://127.0.0.1:$PORT/api/v1/query?query=sum(rate(http_requests_total[1m]))by(pod)" > /dev/null; done',
    ),
    mem: '96m',
    seconds: 170,
  },
  { family: 'rabbit_orders', session: rabbit('70 40 0'), mem: '400m', breaks: 'oom_kill' },
  { family: 'raku_grammar', session: ['sleep 5', 'exec raku $W/grammar.raku 60 3000'], mem: '288m', seconds: 170 },
  {
    family: 'emacs_logs',
    session: ['sleep 6', 'exec emacs -Q --batch -l $W/compile-log.el 420 0'],
    mem: '192m',
    breaks: 'oom_kill',
  },
  {
    family: 'pascal_spooler',
    session: ['cp $W/spooler.pas .; fpc -v0 -O2 spooler.pas > /dev/null', 'sleep 9', 'exec ./spooler 18 180 5'],
    mem: '112m',
    breaks: 'oom_kill',
  },
];

/** What each family does. */
export const serviceWords = {
  apache_workers: 'Apache with PHP in its processes, and a crowd that grows',
  lighttpd_cgi: 'CGI scripts under lighttpd, which come and go',
  etcd_config: 'settings in etcd, with all their revisions',
  prometheus_scrapes: 'Prometheus and the series of pods that come and go',
  gunicorn_letters: 'gunicorn, whose workers leak and are renewed',
  nats_readers: 'NATS with a reader who is too slow',
  haproxy_front: 'HAProxy before a small site',
  fastapi_thumbs: 'a FastAPI service that works after it has answered',
  unbound_names: 'the caches of a name server',
  wget_mirror: 'wget in a calendar that never ends',
  squid_cache: 'the memory cache of squid',
  tmux_panes: 'terminals in tmux and what they remember',
  mono_ticker: 'a ticker in C# with an event that everybody listens to',
  racket_wizard: 'forms in Racket and their continuations',
  fortran_field: 'checkpoints of a simulation in Fortran, compiled first',
  tsserver_session: 'a language server to which files are opened',
  haskell_ledger: 'a ledger in Haskell that adds up lazily, compiled first',
  ngircd_rooms: 'people who talk, come and go on an IRC server',
  vala_album: 'an album in Vala whose photos are never freed, after a while',
  mariadb_tables: 'MariaDB: its buffers, its binary log',
  clojure_timeline: 'a timeline in Clojure: an agent, a sequence whose head is held',
  guestbook_runtimes: 'a guest book on Deno and Bun',
  nim_modules: 'a Nim program compiled again while it is edited',
  nim_lobby: 'a lobby in Nim, compiled first, whose players stay',
  jupyter_cells: 'cells of a notebook in a Jupyter kernel',
  emacs_logs: 'logs in the buffers of Emacs',
  rabbit_orders: 'orders through RabbitMQ, with a worker and without',
  socketio_rooms: 'a quiz over socket.io, in rooms that are closed',
  haskell_records: 'Haskell modules full of records, compiled',
  raku_grammar: 'a log read by a grammar in Raku',
  pascal_spooler: 'a spooler in Pascal, compiled first',
};

const languages = {
  apache_workers: 'php',
  lighttpd_cgi: 'perl',
  etcd_config: 'etcd',
  prometheus_scrapes: 'prometheus',
  gunicorn_letters: 'python',
  nats_readers: 'nats',
  haproxy_front: 'haproxy',
  fastapi_thumbs: 'python',
  unbound_names: 'unbound',
  wget_mirror: 'wget',
  squid_cache: 'squid',
  tmux_panes: 'tmux',
  mono_ticker: 'csharp',
  racket_wizard: 'racket',
  fortran_field: 'fortran',
  tsserver_session: 'node',
  haskell_ledger: 'haskell',
  ngircd_rooms: 'c',
  vala_album: 'vala',
  mariadb_tables: 'mariadb',
  clojure_timeline: 'clojure',
  guestbook_runtimes: 'typescript',
  nim_modules: 'nim',
  nim_lobby: 'nim',
  jupyter_cells: 'python',
  emacs_logs: 'elisp',
  rabbit_orders: 'erlang',
  socketio_rooms: 'node',
  haskell_records: 'haskell',
  raku_grammar: 'raku',
  pascal_spooler: 'pascal',
};

/** The recordings, as in `cases.mjs`. Those that are to break say how. */
export const services = runs.map(({ breaks, ...one }, index) => ({
  id: `l${String(index + 1).padStart(2, '0')}`,
  set: 'exam',
  language: languages[one.family] ?? 'mixed',
  intended: breaks ?? 'benign',
  cpus: 0.5,
  disk: '400m',
  seed: 301 + index,
  seconds: breaks === undefined ? 240 : 420,
  ...one,
  session: placed(one.session, 8_200, index),
}));
