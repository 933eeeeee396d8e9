// An exponential moving average without the bias of its start; gaps stay gaps.
export function smooth(values, weight = 0.9) {
  let average = 0, share = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return null;
    average = weight * average + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return average / share;
  });
}
