// Sample grids of the same latents over time.
import { h, icon } from "../app/dom.js";
import { api, imageSource } from "../app/api.js";
import { RETRY_PAUSE } from "../app/live.js";
import { count, duration, figure, metricName, seconds } from "../app/format.js";

const FRAME_TIME = 450;

export class SamplePlayer {
  /** `moved` hears the images of the snapshot that is shown, and whether it is the newest. */
  constructor(id, { at, moved }) {
    Object.assign(this, { id, moved, wanted: at, snapshots: [], place: -1, playing: false, signal: new AbortController() });
    this.image = h("img", { alt: "", hidden: true, width: 512, height: 384 });
    this.empty = h("p", { class: "empty" }, h("strong", {}, "No samples yet"), "An evaluator draws a grid at each snapshot.");
    this.fault = h("p", { class: "empty error-text", hidden: true });
    this.slider = h("input", { type: "range", min: 0, max: 0, step: 1, disabled: true, "aria-label": "Images seen by the generator", oninput: () => this.go(this.slider.valueAsNumber) });
    this.button = h("button", { class: "round", disabled: true, onclick: () => this.toggle() });
    this.readout = h("div", { class: "readout" });
    this.element = h("div", { onkeydown: (event) => this.key(event) },
      h("div", { class: "frame" }, this.image, this.empty, this.fault),
      h("div", { class: "transport" }, this.button, this.slider),
      this.readout,
      h("p", { class: "hint" }, h("kbd", {}, "←"), " ", h("kbd", {}, "→"), " move, ", h("kbd", {}, "Space"), " plays"));
    this.show();
  }

  /** Takes the experiment's snapshots; at the newest it goes on to newer ones. */
  update(snapshots) {
    const follows = this.place < 0 || this.place === this.snapshots.length - 1;
    const shown = this.snapshots[this.place]?.images ?? this.wanted;
    this.snapshots = snapshots.filter((snapshot) => snapshot.grid);
    const last = this.snapshots.length - 1;
    if (last < 0) return;
    this.slider.max = last;
    this.slider.disabled = this.button.disabled = last < 1;
    const known = this.snapshots.findIndex((snapshot) => String(snapshot.images) === String(shown));
    const place = this.wanted !== undefined && known >= 0 ? known : follows || known < 0 ? last : known;
    this.wanted = undefined;
    this.go(place);
  }

  select(images) {
    let best = -1;
    this.snapshots.forEach((snapshot, index) => { if (best < 0 || Math.abs(snapshot.images - images) < Math.abs(this.snapshots[best].images - images)) best = index; });
    if (best >= 0) this.go(best);
  }

  async go(place) {
    const snapshot = this.snapshots[place];
    if (!snapshot) return;
    const isNew = this.snapshots[this.place]?.images !== snapshot.images || this.drawn !== snapshot.images;
    this.place = place;
    this.show();
    this.moved(Number(snapshot.images), place === this.snapshots.length - 1);
    if (!isNew) return;
    clearTimeout(this.retry);
    this.drawn = snapshot.images;
    try {
      const source = await imageSource(api.samplePath(this.id, snapshot.images), this.signal.signal);
      const ready = new Image();
      ready.src = source;
      await ready.decode();
      // The slider may have moved on meanwhile.
      if (this.drawn !== snapshot.images) return;
      this.image.src = source;
      this.image.width = ready.naturalWidth;
      this.image.height = ready.naturalHeight;
      this.image.alt = `Samples after ${count(snapshot.images)} images`;
      this.image.hidden = false;
      this.empty.hidden = this.fault.hidden = true;
    } catch {
      if (this.signal.signal.aborted || this.drawn !== snapshot.images) return;
      // An older grid must not stand for this one.
      this.image.hidden = this.empty.hidden = true;
      this.fault.textContent = `The grid after ${count(snapshot.images)} images cannot be loaded.`;
      this.fault.hidden = false;
      this.drawn = undefined;
      this.retry = setTimeout(() => this.go(this.place), RETRY_PAUSE);
    }
  }

  show() {
    this.button.replaceChildren(icon(this.playing ? "pause" : "play"));
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play the training's course");
    const snapshot = this.snapshots[this.place];
    if (!snapshot) return;
    const metric = snapshot.metrics[0];
    const text = `${count(snapshot.images)} images`;
    this.slider.value = this.place;
    this.slider.setAttribute("aria-valuetext", `${text}${metric ? `, ${metricName(metric.metric)} ${figure(metric)}` : ""}`);
    this.readout.replaceChildren(
      h("strong", {}, text, this.place === this.snapshots.length - 1 && h("span", { class: "newest" }, " · newest")),
      h("span", { class: "quiet" }, `${duration(seconds(snapshot.trainingTime))} of training${metric ? ` · ${metricName(metric.metric)} ${figure(metric)}` : ""}`));
  }

  key(event) {
    if (event.key === " " && event.target === this.slider) {
      event.preventDefault();
      this.toggle();
    }
  }

  toggle() {
    if (this.snapshots.length < 2) return;
    this.playing = !this.playing;
    clearInterval(this.timer);
    if (this.playing) {
      if (this.place === this.snapshots.length - 1) this.go(0);
      this.timer = setInterval(() => (this.place < this.snapshots.length - 1 ? this.go(this.place + 1) : this.toggle()), FRAME_TIME);
    }
    this.show();
  }

  stop() {
    clearInterval(this.timer);
    clearTimeout(this.retry);
    this.signal.abort();
  }
}
