// One experiment as it goes on.
import { announce, h } from "../app/dom.js";
import { api } from "../app/api.js";
import { follow, repeat, RETRY_PAUSE } from "../app/live.js";
import { address, remember } from "../app/router.js";
import { clock, lastWord } from "../app/format.js";
import { badge } from "../parts/badge.js";
import { choice } from "../parts/choice.js";
import { EventList } from "../parts/event-list.js";
import { NeighbourSheet } from "../parts/neighbour-sheet.js";
import { RunCharts } from "../parts/run-charts.js";
import { SamplePlayer } from "../parts/sample-player.js";
import { WalkPlayer } from "../parts/walk-player.js";
import { members, tiles } from "../parts/run-summary.js";

// How long ago things happened is written anew this often, in milliseconds.
const AGE_INTERVAL = 30000;

export function experimentView(id, query, signal) {
  const body = h("div", { class: "stack" }, h("p", { class: "quiet" }, "Loading…"));
  new ExperimentPage(id, query, signal, body).start();
  return { title: `Experiment ${id}`, element: body };
}

class ExperimentPage {
  constructor(id, query, signal, body) {
    Object.assign(this, { id, signal, body });
    this.samples = new SamplePlayer(id, { at: query.get("at") ?? undefined, moved: (images, isNewest) => { this.walk.follow(images); this.neighbours.follow(images); remember({ at: isNewest ? "" : images }); } });
    this.walk = new WalkPlayer(id);
    this.neighbours = new NeighbourSheet(id);
    this.charts = new RunCharts((images) => { this.samples.select(images); this.samples.element.scrollIntoView({ block: "center" }); });
    this.events = new EventList(query.get("events") ?? "", (value) => remember({ events: value }));
    this.axis = query.get("x") === "time" ? "time" : "images";
    this.smoothed = query.get("smooth") !== "0";
    this.head = h("header", { class: "page-head" });
    this.summary = h("div", {});
    this.members = h("div", {});
    this.connection = h("span", { class: "badge warn", hidden: true }, "reconnecting");
    this.down = new Set();
    this.refreshes = 0;
    signal.addEventListener("abort", () => { this.samples.stop(); this.walk.stop(); this.neighbours.stop(); });
  }

  async start() {
    try {
      this.experiment = await api.experiment(this.id, this.signal);
      const [statistics, events] = await Promise.all([api.statistics(this.id, this.signal), api.events(this.id, this.signal)]);
      this.layOut();
      this.charts.set({ x: this.axis, smoothed: this.smoothed });
      this.charts.load(statistics);
      this.events.add(...events.events.filter((event) => Number(event.sequence) <= Number(this.experiment.lastEvent)));
      this.update();
      repeat(AGE_INTERVAL, () => this.events.draw(), this.signal);
      // Events that came between the two answers are taken from the stream, statistics only once.
      follow(this.experiment.id, Number(this.experiment.lastEvent), {
        signal: this.signal, take: (event) => this.take(event, Number(statistics.sequence)), ended: () => this.refresh(), connection: (isUp) => this.connected("stream", isUp),
      });
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error);
    }
  }

  fail(error) {
    const isMissing = error.status === 404;
    this.body.replaceChildren(h("div", { class: "card empty" }, h("h1", {}, isMissing ? "No such experiment" : "This experiment cannot be shown"), h("p", { role: "alert" }, error.message), h("p", {}, h("a", { href: address("experiments") }, "All experiments"))));
    if (!isMissing) setTimeout(() => !this.signal.aborted && this.start(), RETRY_PAUSE);
  }

  layOut() {
    const axis = choice("Horizontal axis", [["images", "Images"], ["time", "Time"]], this.axis, (x) => { remember({ x: x === "images" ? "" : x }); this.charts.set({ x }); });
    const smoothing = h("label", { class: "check" }, h("input", { type: "checkbox", checked: this.smoothed, onchange: (event) => { remember({ smooth: event.target.checked ? "" : "0" }); this.charts.set({ smoothed: event.target.checked }); } }), "Smooth");
    const { specYaml, specHash, datasetHash, weightsHash } = this.experiment;
    this.body.replaceChildren(
      this.head, this.summary,
      h("div", { class: "columns" },
        h("section", { class: "card", "aria-label": "Samples" }, h("div", { class: "card-head" }, h("h2", {}, "Samples"), h("span", { class: "quiet small" }, "the same latents over time")), this.samples.element),
        h("div", { class: "stack" },
          h("section", { class: "card", "aria-label": "Latent walk" }, h("div", { class: "card-head" }, h("h2", {}, "Latent walk")), this.walk.element),
          h("section", { class: "card", "aria-label": "Members" }, h("div", { class: "card-head" }, h("h2", {}, "Members")), this.members))),
      h("section", { class: "card", "aria-label": "Nearest training images" }, h("div", { class: "card-head" }, h("h2", {}, "Nearest training images"), h("span", { class: "quiet small" }, "in the metric's features")), this.neighbours.element),
      h("div", { class: "section-head" }, h("h2", {}, "Curves"), smoothing, axis),
      this.charts.element,
      h("section", { class: "card", "aria-label": "Events" }, h("div", { class: "card-head" }, h("h2", {}, "Events"), this.events.filters), this.events.element),
      h("section", { class: "card", "aria-label": "Spec" }, h("details", {}, h("summary", {}, "Spec, with every default"),
        h("dl", { class: "facts" }, [["Spec", specHash], ["Data set", datasetHash], ["Weights", weightsHash]].filter(([, hash]) => hash).flatMap(([name, hash]) => [h("dt", {}, name), h("dd", { class: "mono" }, hash)])),
        h("pre", { class: "spec", tabindex: "0" }, specYaml))));
  }

  update() {
    const one = this.experiment, state = lastWord(one.state);
    document.title = `${one.name} · ProjectedGan`;
    this.head.replaceChildren(
      h("div", {}, h("p", { class: "crumb" }, h("a", { href: address("experiments") }, "Experiments"), h("span", { class: "quiet mono" }, ` / ${one.id}`)),
        h("h1", {}, one.name, badge(state), this.connection),
        h("p", { class: "quiet" }, [one.reason, `submitted by ${one.user}, ${clock(one.submitted)}, priority ${one.priority}`].filter(Boolean).join(" · "))),
      h("a", { class: "button", href: address("compare", { ids: one.id }) }, "Compare"));
    this.summary.replaceChildren(tiles(one));
    this.members.replaceChildren(members(one));
    this.samples.update(one.snapshots);
    this.walk.update(one.snapshots);
    this.neighbours.update(one.snapshots);
    this.charts.setSnapshots(one.snapshots, one.epochs, Number(one.batch));
  }

  take(event, known) {
    this.events.add(event);
    if (event.progress) {
      if (Number(event.sequence) > known) this.charts.add(event.progress);
      this.experiment.progress = event.progress;
      this.summary.replaceChildren(tiles(this.experiment));
      return;
    }
    if (event.transition) announce(event.text);
    clearTimeout(this.due);
    this.due = setTimeout(() => this.refresh(), 150);
  }

  // Events say that something changed; the experiment itself says how it stands now.
  async refresh() {
    clearTimeout(this.due);
    const mine = ++this.refreshes;
    let answer;
    try {
      answer = await api.experiment(this.id, this.signal);
    } catch {
      if (this.signal.aborted || mine !== this.refreshes) return;
      this.connected("experiment", false);
      // After the last event nothing else would ask again.
      this.due = setTimeout(() => this.refresh(), RETRY_PAUSE);
      return;
    }
    // An older answer must not come after a newer one.
    if (this.signal.aborted || mine !== this.refreshes) return;
    this.connected("experiment", true);
    this.experiment = answer;
    this.update();
  }

  /** Both the stream and the experiment's own answers may fail alone. */
  connected(what, isUp) {
    if (isUp) this.down.delete(what);
    else this.down.add(what);
    this.connection.hidden = this.down.size === 0;
  }
}
