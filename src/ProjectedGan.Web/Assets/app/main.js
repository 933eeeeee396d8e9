// Shows the view that the address names.
import { announce, h } from "./dom.js";
import { api } from "./api.js";
import { RETRY_PAUSE } from "./live.js";
import { address, read } from "./router.js";
import { session } from "./session.js";
import { themeButton } from "./theme.js";
import { compareView } from "../views/compare.js";
import { experimentView } from "../views/experiment.js";
import { experimentsView } from "../views/experiments.js";
import { nodesView } from "../views/nodes.js";
import { signInView } from "../views/sign-in.js";

const PAGES = [["experiments", "Experiments"], ["compare", "Compare"], ["nodes", "Workers"]];
const main = document.getElementById("main");
let current = new AbortController();

function drawTop(place) {
  document.getElementById("nav").replaceChildren(...PAGES.map(([path, name]) => h("a", { href: address(path), "aria-current": path === place && "page" }, name)));
  const user = session.asksForToken && session.token && [
    h("span", { class: "quiet small" }, session.user),
    h("button", { onclick: () => { session.token = ""; show(); } }, "Sign out"),
  ];
  document.getElementById("top-end").replaceChildren(...(user || []), theme);
}

const theme = themeButton();

async function show() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const { parts, query } = read();
  try {
    Object.assign(session, await api.session());
  } catch (error) {
    // Of a view that was left for another, nothing is shown any more.
    if (signal.aborted || error.status === 401) return;
    // A token that may not look is no better than an unknown one.
    if (error.status === 403 && session.token) return document.dispatchEvent(new CustomEvent("pgan:signed-out"));
    main.replaceChildren(h("p", { class: "notice bad", role: "alert" }, error.message));
    setTimeout(() => !signal.aborted && show(), RETRY_PAUSE);
    return;
  }
  if (signal.aborted) return;
  const place = parts[0] ?? "experiments";
  drawTop(place);
  const view = place === "experiments" && parts.length === 2 ? experimentView(parts[1], query, signal)
    : place === "compare" ? compareView(query, signal)
    : place === "nodes" ? nodesView(signal)
    : experimentsView(query, signal);
  document.title = `${view.title} · ProjectedGan`;
  main.replaceChildren(view.element);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
  announce(view.title);
}

document.addEventListener("pgan:signed-out", () => {
  current.abort();
  session.asksForToken = true;
  const wasRefused = session.token !== "";
  session.token = "";
  drawTop("");
  document.title = "Sign in · ProjectedGan";
  main.replaceChildren(signInView(wasRefused, show));
  main.querySelector("input").focus();
});
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", show);
drawTop("");
show();
