const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Times before this are a language's zero value ("0001-01-01T00:00:00Z"), not a moment in a sandbox's life. */
const earliestMs = Date.UTC(2000, 0, 1);

/**
 * A server's time as epoch milliseconds. RFC 3339 with a zone, 0 to 9 fractional digits; null for everything else,
 * also for days that do not exist and for times without a zone, because a guess here would move a deadline.
 */
export const parseTimestamp = (text: string | null | undefined): number | null => {
  const match = rfc3339.exec(text ?? '');
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const inRange = month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 60;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!inRange || day < 1 || day > daysInMonth) return null;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const epochMs = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - zoneMs(match[8] ?? 'Z');
  return epochMs < earliestMs ? null : epochMs;
};

const zoneMs = (zone: string): number => {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
};

/** A moment as the server expects it: RFC 3339 in UTC. */
export const formatTimestamp = (epochMs: number): string => new Date(epochMs).toISOString();
