// What happened, newest first.
import { h } from "../app/dom.js";
import { ago, clock, lastWord } from "../app/format.js";
import { choice } from "./choice.js";

const MOST = 1000;
const FILTERS = [["", "All"], ["state", "States"], ["epoch", "Epochs"], ["snapshot", "Snapshots"], ["failure", "Failures"]];
const BAD_WORDS = ["lost", "failed", "expelled", "refused", "cooling"];

function kindOf(event) {
  if (isFailure(event)) return "failure";
  const kind = ["transition", "epoch", "snapshot", "checkpoint", "worker", "log"].find((one) => event[one]);
  // An epoch's end carries no record of its own: that is written when its iterations are known.
  return kind?.replace("transition", "state") ?? (event.text.startsWith("Epoch ") ? "epoch" : "note");
}

const isFailure = (event) => (event.transition && lastWord(event.transition.state) === "failed") || (event.worker && BAD_WORDS.includes(event.worker.what))
  || Boolean(event.snapshot?.evaluationError) || (event.log && /error|critical/i.test(event.log.level));

export class EventList {
  constructor(filter, chosen) {
    Object.assign(this, { events: [], filter });
    this.list = h("ol", { class: "events", tabindex: "0", "aria-label": "Events, newest first" });
    this.filters = choice("Kinds of events", FILTERS, filter, (value) => { this.filter = value; chosen(value); this.draw(); });
    this.empty = h("p", { class: "empty" }, "Nothing of this kind happened.");
    this.element = h("div", {}, this.list, this.empty);
  }

  add(...events) {
    this.events.push(...events.filter((event) => !event.progress));
    this.events = this.events.slice(-MOST);
    this.draw();
  }

  draw() {
    const shown = this.events.filter((event) => !this.filter || kindOf(event) === this.filter).reverse();
    this.empty.hidden = shown.length > 0;
    this.list.hidden = shown.length === 0;
    this.list.replaceChildren(...shown.map((event) => {
      const kind = kindOf(event);
      return h("li", { class: kind }, h("span", {}, event.text, h("span", { class: "kind" }, ` ${kind}`)), h("time", { datetime: event.time, title: clock(event.time) }, ago(event.time)));
    }));
  }
}
