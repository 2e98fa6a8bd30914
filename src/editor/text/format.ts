/** How numbers and times are written for people, and the pictures made of characters. Pure. */

export { formatBytes, formatClock, formatDuration, formatMoment, formatPercent } from '../../model/format.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** @returns one block character per value of 0..1; a text picture that every theme and font shows. */
export function sparkline(values: readonly number[], width = 24): string {
  const shown = values.slice(-width);
  return shown.map((value) => bars[Math.min(7, Math.max(0, Math.floor(value * 8)))] ?? ' ').join('');
}

/** @returns a bar such as `▰▰▰▰▰▰▰▱▱▱` for a pressure of 0..1. */
export function pressureBar(ratio: number, width = 10): string {
  const full = Math.min(width, Math.max(0, Math.round(ratio * width)));
  return '▰'.repeat(full) + '▱'.repeat(width - full);
}
