import { openAddress } from './common-fixes.ts';
import { category, editor, says, saysAtZero, shell } from './record.ts';

/** Redis, MySQL and SQLite. */
export const databasePatterns = category('database', [
  {
    slug: 'redis-oom',
    title: 'Redis reached its memory limit',
    severity: 'high',
    priority: 8,
    signals: [
      saysAtZero(/^(?:\(error\) )?OOM command not allowed when used memory\b/),
      says(/\bOOM command not allowed when used memory\b/),
      says(/\bredis\.exceptions\.OutOfMemoryError\b/),
    ],
    cause: 'maxmemory is reached, and nothing may be evicted.',
    fixes: [
      shell(
        'show-redis-memory',
        'Show its memory',
        'safe',
        'redis-cli info memory | grep -E "used_memory_human|maxmemory"',
      ),
      shell(
        'allow-eviction',
        'Let it forget what is used least',
        'destructive',
        'redis-cli config set maxmemory-policy allkeys-lru',
        'SET answers OK',
      ),
      shell('flush', 'Empty it', 'destructive', 'redis-cli flushall', 'dbsize is 0'),
    ],
    docs: 'https://redis.io/docs/latest/develop/reference/eviction/',
  },
  {
    slug: 'redis-refused',
    title: 'Redis does not answer',
    severity: 'medium',
    priority: 7,
    signals: [
      saysAtZero(
        /\bCould not connect to (?:Redis|Valkey) at (?!.{0,255}: (?:Name or|Temporary failure|No address|nodename))/,
      ),
      says(
        /\[ioredis\] Unhandled error event\b|\bMaxRetriesPerRequestError\b|\bredis\.exceptions\.ConnectionError\b|\bRedis(?:Client)?::CannotConnectError\b|\bRedisConnectionException\b|\bRedisConnectionFailureException\b/,
        3,
      ),
      says(/\b(?:ECONNREFUSED \S{1,255}|(?:connecting to|connect to|dial tcp|to) \S{0,255}):6379\b/, 4, {
        near: /redis|valkey|sidekiq|celery|bull/i,
      }),
      says(/\bconnection refused\b/i, 4, { near: /\b(?:rediss?|valkey):\/\/|\bRedis(?:Exception|Error|Client)\b/ }),
    ],
    vetoes: [/\bClientRequest\b/],
    cause: 'It is not started in this sandbox.',
    fixes: [
      shell('start-redis', 'Start Redis', 'confirm', 'redis-server --daemonize yes', 'redis-cli ping'),
      openAddress,
    ],
    docs: 'https://redis.io/docs/latest/operate/oss_and_stack/install/',
  },
  {
    slug: 'mysql-refused',
    title: 'MySQL does not answer',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\bERROR 200[23] \(HY000\)(?: at line \d{1,6})?: Can't connect/),
      says(
        /\bCan't connect to (?:local )?(?:MySQL|MariaDB) server\b|\bSQLSTATE\[HY000\] \[2002\]|\bCommunications link failure\b|\bCan't connect to (?:local )?server (?:on|through)\b/,
      ),
      says(/\b(?:ECONNREFUSED \S{1,255}|(?:dial tcp|connect to|to) \S{0,255}):3306\b/, 4, {
        near: /mysql|mariadb|sequelize|typeorm|knex|prisma|PDO/i,
      }),
      says(/\bUnable to connect to any of the specified MySQL hosts\b/),
    ],
    vetoes: [
      /\bClientRequest\b/,
      /\b1040\b/,
      /\b(?:Name or service not known|name resolution|No address associated|ENOTFOUND|EAI_AGAIN|no such host)\b/,
    ],
    cause: 'It is not started in this sandbox.',
    fixes: [
      shell('start-mysql', 'Start MySQL', 'confirm', 'service mariadb start || service mysql start', 'mysqladmin ping'),
      openAddress,
    ],
    docs: 'https://dev.mysql.com/doc/refman/8.4/en/can-not-connect-to-server.html',
  },
  {
    slug: 'mysql-too-many-connections',
    title: 'MySQL has no connection left',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bERROR 1040 .{0,60}Too many connections\b|\b1040\b.{0,10}\bToo many connections\b|\bER_CON_COUNT_ERROR\b|\bToo many connections\b/,
      ),
    ],
    cause: 'Connections are not given back.',
    fixes: [shell('show-mysql-sessions', 'Show who is connected', 'safe', 'mysql -e "show processlist"')],
    docs: 'https://dev.mysql.com/doc/refman/8.4/en/too-many-connections.html',
  },
  {
    slug: 'redis-misconf',
    title: 'Redis cannot save and takes nothing more',
    severity: 'high',
    priority: 9,
    signals: [
      saysAtZero(/^(?:\(error\) )?MISCONF\b.{0,60}\bconfigured to save RDB snapshots\b/),
      says(/\bMISCONF\b.{0,60}\bconfigured to save RDB snapshots\b/),
    ],
    cause: 'Its disk is full or its folder cannot be written.',
    fixes: [
      shell('check-redis-disk', 'Look at its disk', 'safe', 'redis-cli config get dir; df -h'),
      shell(
        'accept-without-saving',
        'Let it go on without saving',
        'confirm',
        'redis-cli config set stop-writes-on-bgsave-error no',
        'SET answers OK',
      ),
    ],
    docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  },
  {
    slug: 'redis-max-clients',
    title: 'Redis has no connection left',
    severity: 'low',
    priority: 8,
    signals: [
      saysAtZero(/^(?:\(error\) )?ERR max number of clients reached\b/),
      says(/\bmax number of clients reached\b/),
    ],
    cause: 'Connections are not given back.',
    fixes: [shell('show-redis-clients', 'Show who is connected', 'safe', 'redis-cli client list')],
    docs: 'https://redis.io/docs/latest/develop/reference/clients/',
  },
  {
    slug: 'redis-readonly',
    title: 'This Redis only follows another',
    severity: 'low',
    priority: 8,
    signals: [
      saysAtZero(/^(?:\(error\) )?READONLY You can't write against a read only (?:replica|slave)\b/),
      says(/\bYou can't write against a read only (?:replica|slave)\b/),
    ],
    cause: 'The address leads to a replica.',
    fixes: [editor('use-primary', 'Use the address of the primary', 'safe', 'REDIS_URL in .env', 'SET answers OK')],
    docs: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/',
  },
  {
    slug: 'sqlite-locked',
    title: 'The SQLite database is locked',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bCould not set lock on file\b|\bConflicting lock is held\b/),
      says(/\bdatabase (?:table )?is locked\b|\bSQLITE_(?:BUSY|LOCKED)\b|\bSQLite3::BusyException\b/),
    ],
    cause: 'Another process writes to it, or it lies on a network share.',
    fixes: [
      shell('show-database-users', 'Show who has it open', 'safe', 'fuser -v ./*.db ./*.sqlite ./*.sqlite3'),
      editor(
        'set-busy-timeout',
        'Let it wait for its turn',
        'safe',
        'journal_mode WAL and busy_timeout',
        'exit code 0',
      ),
    ],
    docs: 'https://www.sqlite.org/wal.html',
  },
  {
    slug: 'sqlite-readonly',
    title: 'The SQLite database cannot be written or opened',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\battempt to write a readonly database\b|\bunable to open database file\b|\bunable to open database "[^"]{1,200}"|\bSQLITE_(?:READONLY|CANTOPEN)\w{0,20}\b/,
      ),
    ],
    cause: 'Its file or folder belongs to somebody else, or the folder is missing.',
    fixes: [
      shell(
        'show-database-owner',
        'Show who owns it',
        'safe',
        'ls -la . ./*.db ./*.sqlite ./*.sqlite3 2>/dev/null; id',
      ),
    ],
    docs: 'https://www.sqlite.org/rescode.html',
  },
]);
