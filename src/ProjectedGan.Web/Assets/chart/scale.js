// From values to pixels, and round numbers for the axes.
export const linear = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

/** Round numbers that cover the domain, about `wanted` of them. */
export function ticks([low, high], wanted) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const result = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) result.push(index * step || 0);
  return result;
}

/** As ticks, for seconds: whole minutes and hours rather than powers of ten. */
export function timeTicks([low, high], wanted) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].find((candidate) => (high - low) / candidate <= wanted);
  if (!step) return ticks([low, high], wanted);
  const result = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) result.push(value || 0);
  return result;
}

/** The range of values without the rarest half percent at both ends, so that one spike does not flatten a curve. */
export function robustRange(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const cut = sorted.length > 60 ? Math.floor(sorted.length * 0.005) : 0;
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/** Widens a range to round numbers. */
export function nice([low, high]) {
  if (low === high) return low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  const marks = ticks([low, high], 4);
  const step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  return [Math.floor(low / step) * step || 0, Math.ceil(high / step) * step];
}
