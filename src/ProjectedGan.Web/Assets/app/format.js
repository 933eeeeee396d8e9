// Numbers, times and names for people.
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (value) => whole.format(value);
export const short = (value) => (Math.abs(value) < 10000 ? whole.format(value) : compact.format(value));
export const percent = (share, digits = 0) => `${(share * 100).toFixed(digits)} %`;

/** Four significant digits, without exponents where people would not write them. */
export function significant(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e7)) return value.toExponential(2);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return value.toFixed(digits);
}

/** A measured value with its spread where that is known: "12.34 ± 0.56". */
export function figure(metric) {
  const value = significant(Number(metric.value));
  return metric.standardDeviation === undefined ? value : `${value} ± ${significant(Number(metric.standardDeviation))}`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const [days, hours, minutes] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${s % 60} s`;
}

/** Protobuf's duration: "12.5s". */
export const seconds = (text) => (text ? Number.parseFloat(text) : 0);

export function ago(text, now = Date.now()) {
  if (!text) return "–";
  const past = (now - Date.parse(text)) / 1000;
  if (past < 5) return "now";
  if (past < 60) return `${Math.round(past)} s ago`;
  if (past < 3600) return `${Math.round(past / 60)} min ago`;
  return past < 86400 ? `${Math.round(past / 3600)} h ago` : `${Math.round(past / 86400)} d ago`;
}

export const clock = (text) => (text ? new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" }) : "");
export const timeOfDay = (text) => (text ? new Date(text).toLocaleTimeString([], { timeStyle: "medium" }) : "");

/** "EXPERIMENT_STATE_RUNNING" as "running". */
export const lastWord = (constant) => (constant ?? "").replace(/^.*_STATE_/, "").toLowerCase().replaceAll("_", " ");

const METRICS = { fid: "FID", kid: "KID", is: "Inception score", fd: "FD", kd: "KD", precision: "Precision", recall: "Recall" };

/** "fd_mobilenet_v2" as "FD (mobilenet_v2)": a distance on another network is no FID. */
export function metricName(metric) {
  const [kind, ...network] = metric.split("_");
  const name = METRICS[kind] ?? kind;
  return network.length > 0 ? `${name} (${network.join("_")})` : name;
}

export const higherIsBetter = (metric) => /^(is|precision|recall)/.test(metric);
