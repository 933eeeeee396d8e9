// All experiments, newest first.
import { h } from "../app/dom.js";
import { api } from "../app/api.js";
import { repeat } from "../app/live.js";
import { address, remember } from "../app/router.js";
import { ago, clock, count, figure, lastWord, metricName, percent, short } from "../app/format.js";
import { badge } from "../parts/badge.js";
import { choice } from "../parts/choice.js";
import { meter } from "../parts/meter.js";
import { table } from "../parts/table.js";

const INTERVAL = 4000;
const STATES = [["", "All"], ["active", "Active"], ["completed", "Completed"], ["failed", "Failed"]];
const WANTED = { active: ["queued", "starting", "running", "waiting", "pausing", "paused"], completed: ["completed"], failed: ["failed", "cancelled"] };
const MOST_COMPARED = 6;

export function experimentsView(query, signal) {
  const chosen = new Set((query.get("compare") ?? "").split(",").filter(Boolean));
  let state = query.get("state") ?? "", text = query.get("q") ?? "", pages = [""], experiments, next = "", loads = 0;
  const notice = h("p", { class: "notice bad", role: "alert", hidden: true });
  const body = h("div", {}, h("p", { class: "quiet" }, "Loading…"));
  const compare = h("a", { class: "button", hidden: true });
  const more = h("button", { hidden: true, onclick: () => { if (!pages.includes(next)) pages.push(next); load(); } }, "Show more");
  const search = h("input", { type: "search", placeholder: "Name, user or id", "aria-label": "Search experiments", value: text, oninput: () => { text = search.value; remember({ q: text }); draw(); } });

  const load = async () => {
    const mine = ++loads, found = [];
    let following = "";
    try {
      for (const token of pages) {
        const parameters = (WANTED[state] ?? []).map((one) => ["state", one]).concat(token ? [["pageToken", token]] : []);
        const page = await api.experiments(parameters, signal);
        // Another load has begun meanwhile, perhaps of another state or of more pages.
        if (mine !== loads) return;
        found.push(...page.experiments);
        following = page.nextPageToken;
      }
    } catch (error) {
      if (error.name === "AbortError" || mine !== loads) return;
      notice.textContent = error.message;
      notice.hidden = false;
      return;
    }
    [experiments, next] = [found, following];
    notice.hidden = true;
    draw();
  };

  const draw = () => {
    if (!experiments) return;
    more.hidden = !next;
    const shown = experiments.filter((one) => `${one.name} ${one.user} ${one.id}`.toLowerCase().includes(text.toLowerCase()));
    const focused = body.contains(document.activeElement) ? document.activeElement.id : "";
    body.replaceChildren(shown.length > 0 ? table("Experiments", columns, shown) : empty());
    if (focused) document.getElementById(focused)?.focus();
    compare.hidden = chosen.size < 2;
    compare.textContent = `Compare ${chosen.size}`;
    compare.href = address("compare", { ids: [...chosen].join(",") });
  };

  const empty = () => h("div", { class: "card empty" }, experiments.length > 0 || state
    ? [h("strong", {}, "None fits"), "Choose another state or search for something else."]
    : [h("strong", {}, "No experiment yet"), "Submit one: ", h("code", {}, "pgan submit spec.yaml")]);

  const select = (id, isChosen) => {
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    if (chosen.size > MOST_COMPARED) chosen.delete(chosen.values().next().value);
    remember({ compare: [...chosen].join(",") });
    draw();
  };

  const columns = [
    { name: "Compare", hidden: true, class: "select fit", cell: (one) => h("input", { type: "checkbox", id: `compare-${one.id}`, checked: chosen.has(one.id), "aria-label": `Compare ${one.name}`, onchange: (event) => select(one.id, event.target.checked) }) },
    { name: "Experiment", class: "title", cell: (one) => [h("a", { class: "main-link", id: `open-${one.id}`, href: address(`experiments/${one.id}`) }, one.name), h("span", { class: "sub mono" }, one.id)] },
    { name: "State", class: "fit", cell: (one) => h("span", { title: one.reason }, badge(lastWord(one.state))) },
    { name: "Progress", cell: progress },
    { name: "Best metric", class: "number", cell: (one) => (one.bestMetric ? [figure(one.bestMetric), h("span", { class: "sub" }, `${metricName(one.bestMetric.metric)} at ${short(Number(one.bestSnapshotImages))}`)] : h("span", { class: "quiet" }, "–")) },
    { name: "User", class: "fit", cell: (one) => one.user },
    { name: "Priority", class: "fit number", cell: (one) => String(one.priority) },
    { name: "Submitted", class: "fit", cell: (one) => h("time", { datetime: one.submitted, title: clock(one.submitted) }, ago(one.submitted)) },
  ];

  load();
  repeat(INTERVAL, load, signal);
  return {
    title: "Experiments",
    element: h("div", {},
      h("div", { class: "page-head" }, h("div", {}, h("h1", {}, "Experiments")), compare),
      h("div", { class: "toolbar" }, choice("State", STATES, state, (value) => { state = value; pages = [""]; remember({ state }); load(); }), h("div", { class: "grow" }, search)),
      notice, body, h("p", {}, more)),
  };
}

function progress(one) {
  const [images, total] = [Number(one.progress?.images ?? 0), Number(one.totalImages)];
  const share = total > 0 ? images / total : 0;
  return [h("span", { class: "nowrap", title: `${count(images)} of ${count(total)} images` }, `${short(images)} of ${short(total)}`, h("span", { class: "quiet" }, ` · ${percent(share, share < 0.1 ? 1 : 0)}`)), meter(share, `${one.name}: share of its images`)];
}
