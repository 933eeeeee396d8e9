// A table whose rows become cards on narrow screens.
import { h } from "../app/dom.js";

/** Columns are { name, class, cell(row) }; the name heads the column and labels the cell of a card. */
export function table(caption, columns, rows) {
  return h("div", { class: "table-wrap cards" }, h("table", {},
    h("caption", { class: "visually-hidden" }, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.class }, column.hidden ? h("span", { class: "visually-hidden" }, column.name) : column.name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) => h("td", { class: column.class, "data-label": column.name }, h("div", { class: "cell" }, column.cell(row)))))))));
}
