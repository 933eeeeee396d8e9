// Light, dark, or as the system says.
import { announce, h, icon } from "./dom.js";

const KEY = "pgan.theme";
const ORDER = ["auto", "light", "dark"];
const ICONS = { auto: "auto", light: "sun", dark: "moon" };
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

export function themeButton() {
  let theme = localStorage.getItem(KEY) ?? "auto";
  const button = h("button", { class: "round plain", id: "theme", onclick: () => choose(ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length], true) });
  const choose = (next, spoken) => {
    theme = ORDER.includes(next) ? next : "auto";
    if (theme === "auto") {
      localStorage.removeItem(KEY);
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem(KEY, theme);
      document.documentElement.dataset.theme = theme;
    }
    button.replaceChildren(icon(ICONS[theme]));
    button.setAttribute("aria-label", `Theme: ${NAMES[theme]}`);
    button.title = `Theme: ${NAMES[theme]}`;
    if (spoken) announce(`Theme: ${NAMES[theme]}`);
  };
  choose(theme, false);
  return button;
}
