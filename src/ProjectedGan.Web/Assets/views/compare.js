// Metric curves and newest samples of a few experiments.
import { h } from "../app/dom.js";
import { api, imageSource } from "../app/api.js";
import { RETRY_PAUSE } from "../app/live.js";
import { address, remember } from "../app/router.js";
import { count, duration, higherIsBetter, lastWord, metricName, seconds, significant } from "../app/format.js";
import { LineChart } from "../chart/line-chart.js";
import { badge } from "../parts/badge.js";
import { choice } from "../parts/choice.js";
import { table } from "../parts/table.js";

const MOST = 6;
const SUGGESTED = 3;

export function compareView(query, signal) {
  const body = h("div", { class: "stack" }, h("p", { class: "quiet" }, "Loading…"));
  const attempt = () => load(query, body, signal).catch((error) => {
    if (error.name === "AbortError") return;
    body.replaceChildren(h("p", { class: "notice bad", role: "alert" }, error.message));
    if (error.status !== 404) setTimeout(() => !signal.aborted && attempt(), RETRY_PAUSE);
  });
  attempt();
  return { title: "Compare", element: h("div", {}, h("div", { class: "page-head" }, h("div", {}, h("h1", {}, "Compare experiments"))), body) };
}

async function load(query, body, signal) {
  let ids = (query.get("ids") ?? "").split(",").filter(Boolean).slice(0, MOST);
  if (ids.length === 0) ids = (await api.experiments([["pageSize", 50]], signal)).experiments.filter((one) => one.bestMetric).slice(0, SUGGESTED).map((one) => one.id);
  if (ids.length === 0) {
    body.replaceChildren(h("div", { class: "card empty" }, h("strong", {}, "Nothing to compare yet"), "Check a few experiments in ", h("a", { href: address("experiments") }, "the list"), "."));
    return;
  }
  const experiments = await Promise.all(ids.map((id) => api.experiment(id, signal)));
  const metrics = [...new Set(experiments.flatMap((one) => one.snapshots.flatMap((snapshot) => snapshot.metrics.map((metric) => metric.metric))))];
  draw(body, experiments, metrics, query, signal);
}

function draw(body, experiments, metrics, query, signal) {
  let metric = metrics.includes(query.get("metric")) ? query.get("metric") : metrics[0];
  let x = query.get("x") === "time" ? "time" : "images";
  const chart = new LineChart({ label: "Metric", height: 340, none: "None of these experiments is measured yet" });
  const rows = h("div", {});
  const show = () => {
    chart.label = metric ? metricName(metric) : "Metric";
    const curves = experiments.map((one, tone) => curve(one, metric, tone, x));
    chart.draw({ x, series: curves });
    rows.replaceChildren(table("Compared experiments", columns(metric), experiments.map((one, tone) => ({ one, curve: curves[tone], tone }))));
  };
  body.replaceChildren(
    h("section", { class: "card", "aria-label": "Metric curves" },
      h("div", { class: "card-head" }, h("h2", {}, metrics.length > 0 ? "Metric" : "Metrics"),
        metrics.length > 1 && choice("Metric", metrics.map((name) => [name, metricName(name)]), metric, (value) => { metric = value; remember({ metric }); show(); }),
        choice("Horizontal axis", [["images", "Images"], ["time", "Time"]], x, (value) => { x = value; remember({ x }); show(); })),
      chart.element),
    rows,
    h("div", { class: "mosaic" }, experiments.map((one, tone) => newest(one, tone, signal))));
  show();
}

function curve(one, metric, tone, x) {
  const measured = one.snapshots.flatMap((snapshot) => snapshot.metrics.filter((value) => value.metric === metric).map((value) => ({ snapshot, value: Number(value.value) })));
  const values = measured.map(({ value }) => value);
  const best = values.indexOf(metric && higherIsBetter(metric) ? Math.max(...values) : Math.min(...values));
  return { name: one.name, tone, values, dots: true, best, measured, at: measured.map(({ snapshot }) => (x === "time" ? seconds(snapshot.trainingTime) : Number(snapshot.images))) };
}

const columns = (metric) => [
  { name: "Experiment", class: "title", cell: ({ one, tone }) => [h("a", { class: "main-link", href: address(`experiments/${one.id}`) }, h("span", { class: `swatch tone-${tone}` }), " ", one.name), h("span", { class: "sub mono" }, one.id)] },
  { name: "State", class: "fit", cell: ({ one }) => badge(lastWord(one.state)) },
  { name: metric ? `Best ${metricName(metric)}` : "Best", class: "number", cell: ({ curve: { best, values } }) => (best < 0 ? "–" : significant(values[best])) },
  { name: "Reached at", class: "number", cell: ({ curve: { best, measured } }) => (best < 0 ? "–" : [`${count(measured[best].snapshot.images)} images`, h("span", { class: "sub" }, duration(seconds(measured[best].snapshot.trainingTime)))]) },
  { name: "Batch", class: "number", cell: ({ one }) => `${one.batch} in ${one.replicas}` },
  { name: "User", class: "fit", cell: ({ one }) => one.user },
];

function newest(one, tone, signal) {
  const snapshot = one.snapshots.findLast((entry) => entry.grid);
  const image = h("img", { alt: snapshot ? `Newest samples of ${one.name}` : "", hidden: true, loading: "lazy" });
  if (snapshot) imageSource(api.samplePath(one.id, snapshot.images), signal).then((source) => { image.src = source; image.hidden = false; }, () => {});
  return h("figure", {}, h("figcaption", {}, h("span", { class: `swatch tone-${tone}` }), one.name, snapshot && h("span", { class: "quiet small" }, `${count(snapshot.images)} images`)),
    h("div", { class: "frame" }, image, !snapshot && h("p", { class: "empty" }, "No samples yet")));
}
