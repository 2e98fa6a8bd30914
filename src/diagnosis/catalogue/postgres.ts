import { openAddress, runAgain } from './common-fixes.ts';
import { category, says, saysAtZero, shell, systemNear } from './record.ts';

/** Names of what talks to PostgreSQL; a refused port alone may belong to anything. */
const postgresClient =
  /\bpostgres|\bpg(?:-pool|x)?\b|node_modules\/pg|\bpsycopg|\bpsql\b|\bPostgrex\b|sequelize|typeorm|knex|prisma|asyncpg|\bpq:|jdbc:postgresql|\bDBConnection\b|\bActiveRecord\b|\bsqlx\b/i;

/** PostgreSQL, and what is common to databases. */
export const postgresPatterns = category('database', [
  {
    slug: 'postgres-refused',
    title: 'PostgreSQL does not answer',
    severity: 'medium',
    priority: 6,
    signals: [
      says(
        /\bconnection to server (?:at|on socket) .{1,200}failed: (?:Connection refused|No such file|Connection timed out)/,
      ),
      says(/\bcould not connect to server: (?:Connection refused|No such file)/),
      systemNear('ECONNREFUSED', /\bconnection to server (?:at|on socket) "/),
      says(/\bP1001: Can't reach database server\b/),
      says(
        /\b(?:psycopg\w{0,3}|asyncpg|pg8000|PG|sqlalchemy)\b.{0,80}\b(?:OperationalError|ConnectionBad)\b.{0,200}\b(?:refused|could not connect)/,
      ),
      says(/\bECONNREFUSED\b/, 4, { near: /node_modules\/(?:pg|pg-pool|pg-promise|postgres)\// }),
      says(/\b(?:ECONNREFUSED \S{1,255}|(?:dial tcp|connect to|to|connect) \S{0,255}):5432\b/, 4, {
        near: postgresClient,
      }),
      says(/\bConnection to \S{1,255}:5432 refused\b|\/\.s\.PGSQL\.\d{1,5}/),
      says(/\bconnection refused\b/i, 4, {
        near: /\bpostgres(?:ql)?:\/\/|\bpsql\b|\bPostgrex\b|\bpgx\b|\bpq:|\blibpq\b/,
      }),
      says(/\b(?:NpgsqlException|Npgsql)\b.{0,80}\bFailed to connect to\b|:5432 - no response$/),
    ],
    vetoes: [
      /\bClientRequest\b/,
      /\b(?:py)?mysql\b/i,
      /\btoo many clients\b/,
      /\bFATAL: {1,3}(?:password|role|database|no pg_hba)/,
    ],
    cause: 'It is not started in this sandbox, has another name here, or still needs a moment.',
    fixes: [
      shell(
        'start-postgres',
        'Start PostgreSQL',
        'confirm',
        'service postgresql start || docker compose up -d',
        'pg_isready',
      ),
      openAddress,
      shell(
        'wait-for-postgres',
        'Wait until it is ready',
        'safe',
        'timeout 60 sh -c "until pg_isready -t 1; do sleep 1; done"',
        'pg_isready',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/app-pg-isready.html',
  },
  {
    slug: 'postgres-too-many-clients',
    title: 'PostgreSQL has no connection left',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bsorry, too many clients already\b|\bremaining connection slots are reserved\b|\btoo many connections for (?:role|database)\b|\bMaxClientsInSessionMode\b|\bQueuePool limit of size \d/,
      ),
    ],
    cause: 'Connections are not given back, for example by a server that reloads itself.',
    fixes: [
      shell(
        'show-sessions',
        'Show who is connected',
        'safe',
        'psql -c "select state, count(*) from pg_stat_activity group by 1"',
      ),
      shell(
        'end-idle-sessions',
        'End those that are idle',
        'confirm',
        "psql -c \"select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle' and state_change < now() - interval '5 min'\"",
        'fewer connections',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/runtime-config-connection.html',
  },
  {
    slug: 'db-auth-failed',
    title: 'The database refuses the login',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bpassword authentication failed\b|\bno pg_hba\.conf entry\b|\bno password supplied\b|\bP1000\b|\bPeer authentication failed\b|\bfe_sendauth: no password\b/,
      ),
      says(/\bERROR 1045 \(28000\)|\bER_ACCESS_DENIED_ERROR\b|\bAccess denied for user\b|\bSQLSTATE\[28000\]|\[1045\]/),
      says(
        /\bSASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string\b|\bHELLO must be called with the client already authenticated\b|\bno password supplied\b/,
      ),
      saysAtZero(/^(?:\(error\) )?(?:NOAUTH Authentication required|WRONGPASS )|\bAUTH failed: /),
      says(
        /\bNOAUTH\b|\bWRONGPASS\b|\bMongoServerError: Authentication failed\b|\bAuthentication failed(?:\.?$|: password)|\bAUTHENTICATION_FAILED\b|\bauth(?:entication)? failed\b.{0,40}\b(?:mongo|database|SCRAM)/i,
        3,
      ),
      says(
        /\bcommand \w{1,40} requires authentication\b|\bLogin failed for user '|\bORA-01017\b|\bACCESS_REFUSED\b|\bbad auth ?: |\bAuthenticationFailed\(|\bnot authorized on \w{1,60} to execute command\b|\bSaslAuthenticationException\b|\bmissing authentication credentials for REST request\b/,
      ),
    ],
    vetoes: [/^fatal: /, /^svn: E\d{6}: /, /\bUsername\/Password Authentication Failed\b/, /\bCannot open database "/],
    cause: 'The password of the sandbox is another than the one the database was set up with.',
    fixes: [
      openAddress,
      shell(
        'recreate-volume',
        'Delete its data and set the database up anew',
        'destructive',
        'docker compose down --volumes && docker compose up -d',
        'the login works',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/client-authentication-problems.html',
  },
  {
    slug: 'db-role-missing',
    title: 'The database or its user does not exist',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\b(?:role|database) "(?<name>[^"]{1,80})" does not exist\b|\bERROR 1049\b|\bUnknown database '(?<mysql>[^']{1,80})'|\bP1003\b|\bER_BAD_DB_ERROR\b|\bActiveRecord::NoDatabaseError\b/,
      ),
      says(/\bCannot open database "(?<name>[^"]{1,80})" requested by the login\b/),
    ],
    cause: 'The volume of the database is new.',
    fixes: [shell('create-database', 'Create it[: {name}]', 'confirm', 'createdb {name}', 'psql -l shows it')],
    docs: 'https://www.postgresql.org/docs/current/app-createdb.html',
  },
  {
    slug: 'db-migration-missing',
    title: 'A table is missing: the migrations did not run',
    severity: 'medium',
    priority: 6,
    signals: [
      says(
        /\brelation "(?<name>[^"]{1,80})" does not exist\b|\bno such table:? \S{1,80}|\bno such column:? \S{1,80}|\bcolumn "?\S{1,80}"? does not exist\b/,
      ),
      says(
        /\bERROR 1146\b|\bTable '[^']{1,120}' doesn't exist\b|\bER_NO_SUCH_TABLE\b|\bP2021\b|\bP2022\b|\bActiveRecord::PendingMigrationError\b|\bMigrations are pending\b|\bunapplied migration\(s\)|\bInvalid object name '/,
      ),
      says(
        /\bThe (?:table|column) `(?<name>[^`]{1,80})` does not exist in the current database\b|\bTable "\S{1,80}" not found\b|\bTable [\w.]{1,80} does(?:n't| not) exist\b|\bSchema-validation: missing (?:table|column)\b|\bTarget database is not up to date\b|\bORA-00942\b|\bunconfigured table\b|\bDetected resolved migration not applied\b/,
      ),
    ],
    vetoes: [/\bERROR 1045\b/],
    cause: 'The database of a fresh sandbox is empty.',
    fixes: [
      shell(
        'run-migrations',
        'Run the migrations',
        'confirm',
        'npm run migrate || alembic upgrade head || bin/rails db:migrate || python3 manage.py migrate',
        'the table is there',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/ddl-basics.html',
  },
  {
    slug: 'db-deadlock',
    title: 'Two transactions waited for each other',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bdeadlock detected\b|\bERROR 1213 \(40001\)|\bDeadlock found when trying to get lock\b|\bER_LOCK_DEADLOCK\b|\bDeadlockLoserDataAccessException\b|\bcould not serialize access\b|\b40P01\b|\bwas deadlocked on lock resources\b/,
      ),
    ],
    cause: 'They touched the same rows in another order; one of them was ended.',
    fixes: [{ ...runAgain, id: 'retry-transaction', title: 'Run it again' }],
    docs: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS',
  },
  {
    slug: 'db-connection-terminated',
    title: 'The database ended the connection',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bterminating connection due to\b|\bserver closed the connection unexpectedly\b|\bServer has gone away\b|\bserver has gone away\b|\bLost connection to (?:MySQL|server|backend)\b|\bConnection terminated unexpectedly\b|\bSSL connection has been closed unexpectedly\b|\bserver terminated abnormally\b|\bPROTOCOL_CONNECTION_LOST\b|\bP1017\b|\bthe database system is (?:shutting down|starting up|in recovery mode)\b/,
      ),
      says(
        /\btcp (?:recv|send)(?: \(idle\))?: closed\b|\bconnection <\w{1,20}> to \S{1,100} closed\b|\bconnection was closed in the middle of operation\b|\bAn I\/O error occurred while sending to the backend\b/,
      ),
    ],
    cause: 'It was restarted, or the connection did not survive a pause.',
    fixes: [
      { ...runAgain, title: 'Run it again' },
      shell(
        'restart-application',
        'Restart what holds the connections',
        'confirm',
        'service {service} restart',
        'a query is answered',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/runtime-config-client.html',
  },
  {
    slug: 'db-timeout',
    title: 'A statement took too long',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bcanceling statement due to (?:statement|lock|user|idle) ?(?:timeout|request)|\bLock wait timeout exceeded\b|\bER_LOCK_WAIT_TIMEOUT\b|\bmaximum statement execution time exceeded\b|\bP2024\b|\bQuery execution was interrupted\b|\b57014\b/,
      ),
      says(
        /\bExecution Timeout Expired\b|\boperation exceeded time limit\b|\bMaxTimeMSExpired\b|\bTimeout acquiring a connection\b|\brequest was dropped from queue after\b|\bConnection is not available, request timed out after\b|\bTimed out fetching a new connection\b|\bcould not obtain a (?:database )?connection\b.{0,30}\bwithin\b|\bConnectionAcquireTimeoutError\b/,
      ),
    ],
    cause: 'The database ends statements that run too long or wait too long for a lock.',
    fixes: [
      shell(
        'show-running-statements',
        'Show what runs',
        'safe',
        'psql -c "select pid, state, wait_event_type, left(query, 80) from pg_stat_activity where state <> \'idle\'"',
      ),
      { ...runAgain },
    ],
    docs: 'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT',
  },
  {
    slug: 'postgres-stale-pid',
    title: 'PostgreSQL finds the pid file of an earlier one',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\block file "postmaster\.pid" already exists\b|\bIs another postmaster \(PID (?<pid>\d{1,8})\) running in data directory "(?<path>[^"]{1,200})"|\bAnother server might be running\b|\bpg_ctl: another server might be running\b/,
      ),
    ],
    cause: 'It still runs, or it was killed and could not tidy up.',
    fixes: [
      shell('see-postmaster', 'See whether it still runs', 'safe', 'pgrep -a postgres'),
      shell(
        'remove-stale-pid',
        'Remove the file if no PostgreSQL runs',
        'confirm',
        // Not where nobody can say whether it runs: pgrep is not everywhere.
        'pgrep -x postgres; [ $? -eq 1 ] && rm -f -- {path}/postmaster.pid',
        'pg_isready',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/server-start.html#SERVER-START-FAILURES',
  },
  {
    slug: 'postgres-as-root',
    title: 'PostgreSQL refuses to run as root',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bcannot be run as root\b|"root" execution of the PostgreSQL server is not permitted\b|\bPlease read "Security" section of the manual to find out how to run mysqld as root\b|\bcan not run elasticsearch as root\b|\bRunning as root is not (?:allowed|recommended|permitted)\b/,
      ),
    ],
    cause: 'The user of the sandbox is root.',
    fixes: [
      shell(
        'run-as-postgres',
        'Run it as the user postgres',
        'safe',
        'su postgres -s /bin/sh -c {command_line}',
        'exit code 0',
      ),
    ],
    docs: 'https://www.postgresql.org/docs/current/postgres-user.html',
  },
]);
