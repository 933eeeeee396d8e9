// Lines over images or time, with a cursor for mouse, touch and keyboard.
import { h, svg } from "../app/dom.js";
import { linear, nice, robustRange, ticks, timeTicks } from "./scale.js";
import { smooth } from "./smooth.js";
import { duration, short, significant } from "../app/format.js";

const MARGIN = { top: 8, right: 12, bottom: 24, left: 50 };
const MOST_DOTS = 120;
let clips = 0;

/**
 * `draw({ x: "images" | "time", series, marks, smoothed, range })` shows data; a series has a name, a tone (0 to 5), `at` (x of each point),
 * `values`, and perhaps `dots` (few points, each of them a measurement) and `best` (the place of the best).
 */
export class LineChart {
  constructor({ label, height = 210, format = significant, none = "No data yet", onpick }) {
    Object.assign(this, { label, height, format, none, onpick, data: { series: [], marks: [] }, place: null, width: 0 });
    this.clip = `clip-${clips++}`;
    this.svg = svg("svg", { tabindex: "0", role: "img", height, "aria-label": label });
    this.tip = h("div", { class: "tip", hidden: true });
    this.element = h("div", { class: "chart" }, this.svg, this.tip);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerdown", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.moveTo(null));
    this.svg.addEventListener("blur", () => this.moveTo(null));
    this.svg.addEventListener("click", () => this.place !== null && this.onpick?.(this.places[this.place]));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(([entry]) => this.resize(Math.floor(entry.contentRect.width))).observe(this.element);
  }

  draw(data) {
    // A number of images is no time.
    if (data.x !== this.data.x) this.moveTo(null);
    this.data = data;
    this.render();
  }

  resize(width) {
    if (width > 0 && width !== this.width) {
      this.width = width;
      this.render();
    }
  }

  render() {
    if (this.width === 0) return;
    const { series, marks = [], x, smoothed, range } = this.data;
    const all = series.flatMap((one) => one.values);
    const found = robustRange(all);
    const read = this.place === null ? undefined : this.places[this.place];
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("aria-label", this.describe());
    this.places = [...new Set(series.flatMap((one) => one.at))].sort((a, b) => a - b);
    if (!found) {
      this.moveTo(null);
      this.svg.replaceChildren(svg("text", { class: "none", x: this.width / 2, y: this.height / 2 }, this.none));
      return;
    }
    const [first, last] = [Math.min(0, this.places[0]), this.places.at(-1)];
    this.x = linear([first, last > first ? last : first + 1], [MARGIN.left, this.width - MARGIN.right]);
    const domain = range ?? nice(found);
    this.y = linear(domain, [this.height - MARGIN.bottom, MARGIN.top]);
    this.cursor = svg("g", {});
    this.svg.replaceChildren(
      svg("clipPath", { id: this.clip }, svg("rect", { x: MARGIN.left, y: 0, width: this.width - MARGIN.left, height: this.height - MARGIN.bottom + 1 })),
      ...this.axes([first, last], domain, x),
      ...marks.filter((mark) => mark.x > first && mark.x <= last).map((mark) => svg("line", { class: "mark", x1: this.x(mark.x), x2: this.x(mark.x), y1: MARGIN.top, y2: this.height - MARGIN.bottom }, svg("title", {}, mark.label))),
      svg("g", { "clip-path": `url(#${this.clip})` }, ...series.flatMap((one) => this.lines(one, smoothed))),
      ...series.flatMap((one) => this.dots(one)),
      this.cursor,
    );
    // Whoever reads a point goes on reading it while news arrive.
    this.moveTo(read === undefined ? null : this.nearest(this.x(read)));
  }

  axes(across, up, x) {
    const bottom = this.height - MARGIN.bottom;
    const places = (x === "time" ? timeTicks : ticks)(across, Math.max(2, Math.floor(this.width / 95)));
    const name = x === "time" ? axisTime : short;
    return [
      ...ticks(up, 5).flatMap((value) => [
        svg("line", { class: "rule", x1: MARGIN.left, x2: this.width - MARGIN.right, y1: Math.round(this.y(value)), y2: Math.round(this.y(value)) }),
        svg("text", { class: "axis", x: MARGIN.left - 8, y: this.y(value) + 4, "text-anchor": "end" }, axisNumber(value)),
      ]),
      svg("line", { class: "base", x1: MARGIN.left, x2: this.width - MARGIN.right, y1: bottom, y2: bottom }),
      ...places.map((value) => svg("text", { class: "axis", x: this.x(value), y: this.height - 7, "text-anchor": this.x(value) > this.width - 40 ? "end" : this.x(value) < MARGIN.left + 12 ? "start" : "middle" }, name(value))),
    ];
  }

  lines(one, smoothed) {
    const isSmoothed = smoothed && !one.dots && one.values.length > 20;
    const result = [svg("path", { class: `line tone-${one.tone}${isSmoothed ? " raw" : ""}`, d: this.path(one.at, one.values) })];
    if (isSmoothed) result.push(svg("path", { class: `line tone-${one.tone}`, d: this.path(one.at, smooth(one.values)) }));
    return result;
  }

  // Few points are shown as what they are, many only by their line; the best one always.
  dots(one) {
    const shown = (index) => Number.isFinite(one.values[index]) && (index === one.best || one.at.length <= MOST_DOTS);
    return !one.dots ? [] : one.at.flatMap((at, index) => (shown(index)
      ? [svg("circle", { class: `dot tone-${one.tone}${index === one.best ? " best" : ""}`, cx: this.x(at), cy: this.y(one.values[index]), r: index === one.best ? 4.5 : 3 })]
      : []));
  }

  path(at, values) {
    let pen = "M";
    return values.map((value, index) => {
      if (!Number.isFinite(value)) { pen = "M"; return ""; }
      const step = `${pen}${this.x(at[index]).toFixed(1)} ${this.y(value).toFixed(1)}`;
      pen = "L";
      return step;
    }).join("");
  }

  point(event) {
    if (!this.places?.length || !this.x) return;
    this.moveTo(this.nearest(event.clientX - this.svg.getBoundingClientRect().left));
  }

  // The place whose point is drawn nearest to a distance from the left.
  nearest(wanted) {
    let best = 0;
    this.places.forEach((place, index) => { if (Math.abs(this.x(place) - wanted) < Math.abs(this.x(this.places[best]) - wanted)) best = index; });
    return best;
  }

  key(event) {
    const last = (this.places?.length ?? 0) - 1;
    const stride = event.shiftKey ? 10 : 1;
    const next = { ArrowLeft: (this.place ?? last + 1) - stride, ArrowRight: (this.place ?? -1) + stride, Home: 0, End: last }[event.key];
    if (event.key === "Escape") this.moveTo(null);
    else if (event.key === "Enter" && this.place !== null) this.onpick?.(this.places[this.place]);
    else if (next !== undefined && last >= 0) {
      event.preventDefault();
      this.moveTo(Math.min(last, Math.max(0, next)));
    }
  }

  moveTo(place) {
    this.place = place;
    this.tip.hidden = place === null;
    this.cursor?.replaceChildren();
    if (place === null) return;
    const at = this.places[place], left = this.x(at);
    const rows = this.data.series.map((one) => ({ one, value: one.values[one.at.indexOf(at)] })).filter(({ value }) => value !== undefined);
    this.cursor.replaceChildren(
      svg("line", { class: "cursor", x1: Math.round(left), x2: Math.round(left), y1: MARGIN.top, y2: this.height - MARGIN.bottom }),
      ...rows.filter(({ value }) => Number.isFinite(value)).map(({ one, value }) => svg("circle", { class: `cursor-dot tone-${one.tone}`, cx: left, cy: this.y(value), r: 4.5 })),
    );
    this.tip.replaceChildren(
      h("strong", {}, this.data.x === "time" ? duration(at) : `${at.toLocaleString("en")} images`),
      ...rows.map(({ one, value }) => h("div", {}, h("span", { class: `swatch tone-${one.tone}` }), h("span", {}, one.name), h("span", {}, this.format(value)))),
    );
    const width = this.tip.offsetWidth;
    const beside = left < this.width / 2 ? Math.min(left + 14, this.width - width) : Math.max(0, left - 14 - width);
    this.tip.style.transform = `translate(${beside}px, 6px)`;
  }

  describe() {
    const parts = this.data.series.filter((one) => one.values.length > 0).map((one) => `${one.name} ${this.format(one.values.at(-1))}`);
    return parts.length === 0 ? `${this.label}: ${this.none}` : `${this.label}, latest: ${parts.join(", ")}. Arrow keys read single points.`;
  }
}

const axisNumber = (value) => (Math.abs(value) >= 10000 ? short(value) : Number(value.toPrecision(6)).toString());

function axisTime(value) {
  const [hours, minutes, rest] = [Math.floor(value / 3600), Math.floor(value / 60) % 60, Math.round(value) % 60];
  if (value >= 86400) return `${(value / 86400).toFixed(1).replace(/\.0$/, "")} d`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")} h` : `${minutes}:${String(rest).padStart(2, "0")}`;
}
