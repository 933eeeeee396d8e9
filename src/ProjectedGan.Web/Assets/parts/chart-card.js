// A chart with its heading and legend.
import { h } from "../app/dom.js";

let ids = 0;

export function chartCard(title, chart, names = [], more) {
  const id = `chart-${ids++}`;
  const legend = h("ul", { class: "legend" }, names.map((name, tone) => h("li", {}, h("span", { class: `swatch tone-${tone}` }), name)));
  return h("section", { class: "card", "aria-labelledby": id }, h("div", { class: "card-head" }, h("h2", { id }, title), names.length > 1 && legend, more), chart.element);
}
