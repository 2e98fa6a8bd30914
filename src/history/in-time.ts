/** @returns what the promise resolves to, or `late` when that takes longer than `ms` milliseconds; the promise goes on all the same. */
export const inTime = async <T>(promise: Promise<T>, ms: number): Promise<T | 'late'> => {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timeout = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timeout);
  }
};
