// How an experiment or a node stands.
import { h } from "../app/dom.js";

const TONES = {
  running: "active", training: "active", evaluating: "active", completed: "good", failed: "bad", lost: "bad",
  starting: "warn", waiting: "warn", pausing: "warn", warming: "warn", holding: "warn", draining: "warn",
};

export const badge = (state) => h("span", { class: `badge ${TONES[state] ?? ""}` }, state);
export const ENDED = ["completed", "cancelled", "failed"];
