/** @returns the line of a sparkline in a box of `width` × `height`, for the `d` of an SVG path; empty for less than two values. */
export const sparkPath = (values: readonly number[], width: number, height: number): string => {
  if (values.length < 2) return '';
  const step = width / (values.length - 1);
  const y = (value: number): number => height - 1 - Math.min(1, Math.max(0, value)) * (height - 2);
  return values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
};

/** @returns heights 0..1 for bars, the largest being 1; all 0 when nothing is there. */
export const barHeights = (values: readonly (number | null)[]): readonly number[] => {
  const largest = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => (largest === 0 || value === null ? 0 : value / largest));
};

/** @returns `values` in at most `most` groups, each the sum of its part; oldest first. */
export const grouped = (values: readonly number[], most: number): readonly number[] => {
  const size = Math.max(1, Math.ceil(values.length / most));
  const groups: number[] = [];
  for (let end = values.length; end > 0; end -= size) {
    groups.unshift(values.slice(Math.max(0, end - size), end).reduce((sum, each) => sum + each, 0));
  }
  return groups;
};
