// An experiment in figures, and who trains it.
import { h } from "../app/dom.js";
import { address } from "../app/router.js";
import { count, duration, figure, lastWord, metricName, percent, seconds, short, significant } from "../app/format.js";
import { meter } from "./meter.js";

export function tiles(one) {
  const progress = one.progress ?? {}, total = Number(one.totalImages), images = Number(progress.images ?? 0);
  const isRunning = lastWord(one.state) === "running";
  const best = one.bestMetric;
  return h("dl", { class: "tiles" },
    tile("Images", short(images), [`${percent(images / total, 1)} of ${short(total)}`, meter(images / total, "Share of the experiment's images")]),
    tile("Speed", progress.imagesPerSecond ? significant(Number(progress.imagesPerSecond)) : "–", isRunning ? "images/s" : "images/s, last reported"),
    tile("Training time", duration(seconds(progress.trainingTime)), isRunning && progress.remaining ? `${duration(seconds(progress.remaining))} left` : `iteration ${count(Number(progress.iteration ?? 0))}`),
    tile(best ? `Best ${metricName(best.metric)}` : "Best metric", best ? figure(best) : "–", best ? `at ${short(Number(one.bestSnapshotImages))} images` : "none measured yet"),
    tile("Workers", String(one.members.length), `epoch ${one.membershipEpoch}`),
    tile("Batch", String(one.batch), `in ${one.replicas} replicas`));
}

const tile = (name, value, more) => h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, value, h("small", {}, more)));

export function members(one) {
  if (one.members.length === 0) return h("p", { class: "quiet" }, "No worker is a member now.");
  return h("dl", { class: "facts" }, one.members.flatMap((member) => {
    const [first, last] = [member.firstReplica, member.firstReplica + member.replicaCount - 1];
    return [h("dt", {}, h("a", { class: "mono", href: address("nodes") }, member.worker)), h("dd", {}, first === last ? `replica ${first}` : `replicas ${first} to ${last}`)];
  }));
}
