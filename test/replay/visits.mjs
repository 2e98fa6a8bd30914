// What the sessions of servers share: how they are started and visited, and the ports they get.

const visitorsProgram = '/usr/bin/python3 $W/visitors.py';

/** Visits a server until it is gone. */
export const visitors = (words = '') => `exec ${visitorsProgram} $PORT ${words}`.trim();

/** A server, a moment to start, and what is sent to it. $PORT and $BEHIND are two ports of this run. */
export const served = (server, ...then) => ['sleep 3', `${server} &`, 'sleep 4', ...then];

/** Every run has two ports of its own: several are recorded at once. The second ones begin a hundred after `firstPort`. */
export const placed = (session, firstPort, index) =>
  session.map((line) =>
    line.replaceAll('$PORT', String(firstPort + index)).replaceAll('$BEHIND', String(firstPort + 100 + index)),
  );
