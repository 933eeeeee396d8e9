// Workers and evaluators.
import { h } from "../app/dom.js";
import { api } from "../app/api.js";
import { repeat } from "../app/live.js";
import { address } from "../app/router.js";
import { ago, clock } from "../app/format.js";
import { badge } from "../parts/badge.js";
import { table } from "../parts/table.js";

const INTERVAL = 3000;

const COLUMNS = [
  { name: "Node", class: "title", cell: (node) => [h("strong", {}, node.id), h("span", { class: "sub" }, node.detail)] },
  { name: "State", class: "fit", cell: (node) => badge(node.state) },
  { name: "Experiment", class: "fit", cell: (node) => (node.experiment ? h("a", { class: "mono", href: address(`experiments/${node.experiment}`) }, node.experiment) : h("span", { class: "quiet" }, "–")) },
  { name: "Device", cell: (node) => node.device },
  { name: "Address", cell: (node) => (node.address ? h("span", { class: "mono" }, node.address) : h("span", { class: "quiet" }, "–")) },
  { name: "Last heartbeat", class: "fit", cell: (node) => h("time", { datetime: node.lastHeartbeat, title: clock(node.lastHeartbeat) }, ago(node.lastHeartbeat)) },
  { name: "Since", class: "fit", cell: (node) => h("time", { datetime: node.registered, title: clock(node.registered) }, ago(node.registered)) },
];

const group = (name, nodes, command) => h("section", { class: "stack" },
  h("div", { class: "section-head" }, h("h2", {}, name), h("span", { class: "quiet small" }, `${nodes.filter((node) => node.state !== "lost").length} of ${nodes.length} alive`)),
  nodes.length > 0 ? table(name, COLUMNS, nodes) : h("div", { class: "card empty" }, h("strong", {}, `No ${name.toLowerCase().replace(/s$/, "")} yet`), "Start one: ", h("code", {}, command)));

export function nodesView(signal) {
  const body = h("div", { class: "stack" }, h("p", { class: "quiet" }, "Loading…"));
  const load = async () => {
    try {
      const { nodes, notices } = await api.nodes(signal);
      body.replaceChildren(
        ...notices.map((notice) => h("p", { class: "notice" }, notice)),
        group("Workers", nodes.filter((node) => node.role === "worker"), "pgan worker"),
        group("Evaluators", nodes.filter((node) => node.role === "evaluator"), "pgan evaluator"));
    } catch (error) {
      if (error.name === "AbortError") return;
      body.querySelector(".notice.bad")?.remove();
      body.prepend(h("p", { class: "notice bad", role: "alert" }, error.message));
    }
  };
  load();
  repeat(INTERVAL, load, signal);
  return { title: "Workers", element: h("div", {}, h("div", { class: "page-head" }, h("div", {}, h("h1", {}, "Workers and evaluators"))), body) };
}
