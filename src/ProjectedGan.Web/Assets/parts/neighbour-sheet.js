// Samples beside the training images nearest to them: one image, drawn where a snapshot is measured.
import { h } from "../app/dom.js";
import { api, imageSource } from "../app/api.js";
import { RETRY_PAUSE } from "../app/live.js";
import { count } from "../app/format.js";

export class NeighbourSheet {
  constructor(id) {
    Object.assign(this, { id, sheets: [], signal: new AbortController() });
    this.image = h("img", { alt: "", hidden: true });
    this.empty = h("p", { class: "empty" }, h("strong", {}, "No sheet yet"), "One is drawn where a snapshot is measured.");
    this.readout = h("div", { class: "readout" });
    this.element = h("div", {}, h("div", { class: "frame sheet", tabindex: "0", role: "group", "aria-label": "Samples and the training images nearest to them" }, this.image, this.empty), this.readout);
  }

  update(snapshots) {
    this.sheets = snapshots.filter((snapshot) => snapshot.neighbours).map((snapshot) => Number(snapshot.images));
    this.follow(this.near ?? this.sheets.at(-1));
  }

  /** Shows the sheet of the last measured snapshot up to these images. */
  async follow(images) {
    this.near = images;
    const chosen = this.sheets.filter((sheet) => sheet <= images).at(-1) ?? this.sheets[0];
    if (chosen === undefined || chosen === this.shown) return;
    clearTimeout(this.retry);
    this.shown = chosen;
    try {
      const ready = new Image();
      ready.src = await imageSource(api.neighboursPath(this.id, chosen), this.signal.signal);
      await ready.decode();
      if (this.shown !== chosen) return;
      this.image.src = ready.src;
      this.image.width = ready.naturalWidth;
      this.image.height = ready.naturalHeight;
      this.image.alt = `Nearest training images after ${count(chosen)} images: each sample, and beside it those nearest to it`;
      this.image.hidden = false;
      this.empty.hidden = true;
      this.readout.replaceChildren(h("strong", {}, `${count(chosen)} images`), h("span", { class: "quiet" }, "first the sample, then its neighbours, nearest first"));
    } catch {
      if (this.signal.signal.aborted || this.shown !== chosen) return;
      this.readout.replaceChildren(h("span", { class: "error-text" }, `The sheet after ${count(chosen)} images cannot be loaded.`));
      this.shown = undefined;
      this.retry = setTimeout(() => this.follow(this.near), RETRY_PAUSE);
    }
  }

  stop() {
    clearTimeout(this.retry);
    this.signal.abort();
  }
}
