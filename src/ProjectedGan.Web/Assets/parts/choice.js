// One of a few: buttons of which one is pressed.
import { h } from "../app/dom.js";

/** `options` are [value, name]; `choose` gets the value. */
export function choice(label, options, chosen, choose) {
  const buttons = options.map(([value, name]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => pick(value) }, name));
  const pick = (value) => {
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(options[index][0] === value)));
    choose(value);
  };
  return h("div", { class: "choice", role: "group", "aria-label": label }, buttons);
}
