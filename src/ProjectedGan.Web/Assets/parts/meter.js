// A share of a whole.
import { h } from "../app/dom.js";

export function meter(share, label) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  const bar = h("span", {});
  bar.style.width = `${percent}%`;
  return h("span", { class: "meter", role: "progressbar", "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": label }, bar);
}
