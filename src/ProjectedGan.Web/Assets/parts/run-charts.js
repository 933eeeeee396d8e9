// The curves of one experiment, over images or time.
import { LineChart } from "../chart/line-chart.js";
import { higherIsBetter, metricName, percent, seconds, significant } from "../app/format.js";
import { h } from "../app/dom.js";
import { chartCard } from "./chart-card.js";

// Twice what the server sends at once: then every second of the older half goes.
const MOST_POINTS = 2000;

const CHARTS = [
  { title: "Losses", series: [["generatorLoss", "Generator"], ["discriminatorLossGenerated", "D generated"], ["discriminatorLossReal", "D real"]] },
  { title: "Discriminator accuracy", series: [["accuracyReal", "Real"], ["accuracyGenerated", "Generated"]], range: [0, 1], format: (value) => (Number.isFinite(value) ? percent(value, 1) : "not finite") },
  { title: "Images a second", series: [["imagesPerSecond", "All workers"]] },
  { title: "Gradient norms", series: [["generatorGradientNorm", "Generator"], ["discriminatorGradientNorm", "Discriminator"]] },
];

export class RunCharts {
  constructor(pick) {
    Object.assign(this, { pick, x: "images", smoothed: true, images: [], seconds: [], values: {}, snapshots: [], epochs: [], metrics: new Map() });
    this.charts = CHARTS.map((chart) => ({ ...chart, chart: new LineChart({ label: chart.title, format: chart.format, none: "No statistics yet" }) }));
    this.element = h("div", { class: "charts" }, this.charts.map(({ title, chart, series }) => chartCard(title, chart, series.map(([, name]) => name))));
    this.metricNone = chartCard("Metrics", new LineChart({ label: "Metrics", none: "No snapshot is measured yet" }));
    this.metricNone.classList.add("wide");
    this.metricCards = [];
    this.element.prepend(this.metricNone);
  }

  /** Takes the server's curves. */
  load(page) {
    Object.assign(this, { images: page.images, seconds: page.seconds, values: page.series });
    this.draw();
  }

  /** Adds a progress event. What was undone and trained again takes the place of the first try. */
  add(progress) {
    const images = Number(progress.images);
    const columns = [this.images, this.seconds, ...Object.values(this.values)];
    while (this.images.length > 0 && this.images.at(-1) >= images) columns.forEach((column) => column.pop());
    this.images.push(images);
    this.seconds.push(seconds(progress.trainingTime));
    for (const [name, column] of Object.entries(this.values)) column.push(Number(progress[name]));
    if (this.images.length > MOST_POINTS) this.thin();
    this.draw();
  }

  thin() {
    const keep = (_, index) => index > MOST_POINTS / 2 || index % 2 === 0;
    this.images = this.images.filter(keep);
    this.seconds = this.seconds.filter(keep);
    for (const name of Object.keys(this.values)) this.values[name] = this.values[name].filter(keep);
  }

  setSnapshots(snapshots, epochs, batch) {
    this.snapshots = snapshots;
    // An epoch begins at an iteration; images and time of that iteration are read off the curve.
    this.epochs = epochs.slice(1).map((epoch) => ({ images: Number(epoch.firstIteration) * batch, label: `Epoch ${epoch.epoch} began` }));
    this.draw();
  }

  set({ x = this.x, smoothed = this.smoothed }) {
    Object.assign(this, { x, smoothed });
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    const at = this.x === "time" ? this.seconds : this.images;
    const marks = this.epochs.map((epoch) => ({ x: this.x === "time" ? this.timeOf(epoch.images) : epoch.images, label: epoch.label }));
    for (const { chart, series, range } of this.charts) {
      const drawn = at.length === 0 ? [] : series.map(([key, name], tone) => ({ name, tone, at, values: this.values[key] ?? [] }));
      chart.draw({ x: this.x, smoothed: this.smoothed, range, marks, series: drawn });
    }
    this.drawMetrics(marks);
  }

  drawMetrics(marks) {
    const names = [...new Set(this.snapshots.flatMap((snapshot) => snapshot.metrics.map((metric) => metric.metric)))];
    this.metricNone.hidden = names.length > 0;
    for (const name of names) {
      if (!this.metrics.has(name)) {
        const chart = new LineChart({ label: metricName(name), format: significant, onpick: (x) => this.pick(this.imagesOf(x)) });
        const card = chartCard(metricName(name), chart, [], h("span", { class: "quiet small" }, higherIsBetter(name) ? "higher is better" : "lower is better"));
        this.metrics.set(name, chart);
        this.metricNone.before(card);
        this.metricCards.push(card);
        // One chart of five leaves no hole when it is twice as wide.
        this.metricCards.forEach((one) => one.classList.toggle("wide", this.metricCards.length === 1));
      }
      const measured = this.snapshots.flatMap((snapshot) => snapshot.metrics.filter((metric) => metric.metric === name).map((metric) => ({ snapshot, value: Number(metric.value) })));
      const values = measured.map(({ value }) => value);
      const finite = values.filter(Number.isFinite);
      const best = values.indexOf(higherIsBetter(name) ? Math.max(...finite) : Math.min(...finite));
      const at = measured.map(({ snapshot }) => (this.x === "time" ? seconds(snapshot.trainingTime) : Number(snapshot.images)));
      this.metrics.get(name).draw({ x: this.x, marks, series: [{ name: metricName(name), tone: 0, at, values, dots: true, best }] });
    }
  }

  timeOf(images) {
    const index = this.images.findIndex((seen) => seen >= images);
    return index < 0 ? 0 : this.seconds[index];
  }

  imagesOf(x) {
    return this.x === "images" ? x : Number(this.snapshots.find((snapshot) => seconds(snapshot.trainingTime) === x)?.images ?? 0);
  }
}
