// A closed walk through latent space: one image of 32 frames, 8 a row, blended from frame to frame.
import { h, icon } from "../app/dom.js";
import { api, imageSource } from "../app/api.js";
import { RETRY_PAUSE } from "../app/live.js";
import { count } from "../app/format.js";

const FRAMES = 32;
const COLUMNS = 8;
const FRAMES_A_SECOND = 8;

export class WalkPlayer {
  constructor(id) {
    Object.assign(this, { id, walks: [], position: 0, playing: false, signal: new AbortController() });
    this.canvas = h("canvas", { hidden: true, role: "img", width: 1, height: 1 });
    this.empty = h("p", { class: "empty" }, h("strong", {}, "No latent walk yet"), "One is drawn where a snapshot is measured.");
    this.slider = h("input", { type: "range", min: 0, max: FRAMES, step: "any", value: 0, disabled: true, "aria-label": "Place on the latent walk", oninput: () => this.seek(this.slider.valueAsNumber) });
    this.button = h("button", { class: "round", disabled: true, onclick: () => this.toggle() });
    this.readout = h("div", { class: "readout" });
    this.element = h("div", { onkeydown: (event) => this.key(event) },
      h("div", { class: "frame" }, this.canvas, this.empty),
      h("div", { class: "transport" }, this.button, this.slider),
      this.readout);
    this.show();
  }

  update(snapshots) {
    this.walks = snapshots.filter((snapshot) => snapshot.walk).map((snapshot) => Number(snapshot.images));
    if (!this.near && this.walks.length > 0) this.follow(this.walks.at(-1));
    else if (this.near) this.follow(this.near);
  }

  /** Shows the walk of the last measured snapshot up to these images. */
  async follow(images) {
    this.near = images;
    const chosen = this.walks.filter((walk) => walk <= images).at(-1) ?? this.walks[0];
    if (chosen === undefined || chosen === this.shown) return;
    clearTimeout(this.retry);
    this.shown = chosen;
    try {
      const sheet = new Image();
      sheet.src = await imageSource(api.walkPath(this.id, chosen), this.signal.signal);
      await sheet.decode();
      if (this.shown !== chosen) return;
      this.sheet = sheet;
      this.canvas.width = sheet.naturalWidth / COLUMNS;
      this.canvas.height = sheet.naturalHeight / (FRAMES / COLUMNS);
      this.canvas.setAttribute("aria-label", `A latent walk after ${count(chosen)} images`);
      this.canvas.hidden = false;
      this.empty.hidden = true;
      this.slider.disabled = this.button.disabled = false;
      this.readout.replaceChildren(h("strong", {}, `${count(chosen)} images`), h("span", { class: "quiet" }, "a closed walk between four latents"));
      this.paint();
    } catch {
      if (this.signal.signal.aborted || this.shown !== chosen) return;
      this.readout.replaceChildren(h("span", { class: "error-text" }, `The walk after ${count(chosen)} images cannot be loaded.`));
      this.shown = undefined;
      this.retry = setTimeout(() => this.follow(this.near), RETRY_PAUSE);
    }
  }

  paint() {
    if (!this.sheet) return;
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    const draw = (frame, alpha) => {
      context.globalAlpha = alpha;
      context.drawImage(this.sheet, (frame % COLUMNS) * width, Math.floor(frame / COLUMNS) * height, width, height, 0, 0, width, height);
    };
    const frame = Math.floor(this.position) % FRAMES;
    draw(frame, 1);
    if (this.position % 1 > 0) draw((frame + 1) % FRAMES, this.position % 1);
  }

  seek(position) {
    this.position = (position + FRAMES) % FRAMES;
    this.slider.value = this.position;
    this.slider.setAttribute("aria-valuetext", `frame ${Math.floor(this.position) + 1} of ${FRAMES}`);
    this.paint();
  }

  key(event) {
    if (event.target !== this.slider) return;
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === " ") this.toggle();
    else if (step) this.seek(Math.round(this.position) + step);
    else return;
    event.preventDefault();
  }

  toggle() {
    if (!this.sheet) return;
    this.playing = !this.playing;
    this.show();
    if (!this.playing) return cancelAnimationFrame(this.frame);
    let before = performance.now();
    const advance = (now) => {
      this.seek(this.position + ((now - before) / 1000) * FRAMES_A_SECOND);
      before = now;
      this.frame = requestAnimationFrame(advance);
    };
    this.frame = requestAnimationFrame(advance);
  }

  show() {
    this.button.replaceChildren(icon(this.playing ? "pause" : "play"));
    this.button.setAttribute("aria-label", this.playing ? "Pause the walk" : "Play the latent walk");
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.retry);
    this.signal.abort();
  }
}
