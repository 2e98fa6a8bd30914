import { ValidationError } from './http.ts';

function readCount(url: URL, name: string, fallback: number, most: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const loc = ['query', name];
  if (!/^-?\d+$/.test(text)) {
    const msg = 'Input should be a valid integer, unable to parse string as an integer';
    throw new ValidationError([{ type: 'int_parsing', loc, msg, input: text }]);
  }
  const value = Number(text);
  if (value < 1) {
    const msg = 'Input should be greater than or equal to 1';
    throw new ValidationError([{ type: 'greater_than_equal', loc, msg, input: text, ctx: { ge: 1 } }]);
  }
  if (value > most) {
    const msg = `Input should be less than or equal to ${most}`;
    throw new ValidationError([{ type: 'less_than_equal', loc, msg, input: text, ctx: { le: most } }]);
  }
  return value;
}

/** One page of a list with the server's `pagination` object. Throws a validation error for a bad page. */
export function paginate<T>(items: readonly T[], url: URL, view: (item: T) => unknown): Record<string, unknown> {
  const page = readCount(url, 'page', 1, Number.MAX_SAFE_INTEGER);
  const pageSize = readCount(url, 'pageSize', 20, 200);
  const totalPages = Math.ceil(items.length / pageSize);
  return {
    items: items.slice((page - 1) * pageSize, page * pageSize).map(view),
    pagination: { page, pageSize, totalItems: items.length, totalPages, hasNextPage: page < totalPages },
  };
}
