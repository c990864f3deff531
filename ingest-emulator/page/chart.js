// Draws the records of the last five minutes, second by second, as inline SVG.

import { el, number, svg } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 100;

/** The next round number: 1, 2, 2.5, 5 times a power of ten. */
function round(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
}

function area(values, top) {
  const step = WIDTH / (values.length - 1);
  const points = values.map((value, at) => `${(at * step).toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`);
  return { fill: `M0,${HEIGHT} L${points.join(" L")} L${WIDTH},${HEIGHT} Z`, line: `M${points.join(" L")}` };
}

export function chart() {
  const good = svg("path", { class: "chart-good" });
  const goodLine = svg("path", { class: "chart-good-line" });
  const bad = svg("path", { class: "chart-bad-line" });
  const minutes = [1, 2, 3, 4].map((minute) => svg("line", { x1: minute * 120, x2: minute * 120, y1: 0, y2: HEIGHT, class: "chart-grid" }));
  const half = svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2, class: "chart-grid" });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", class: "chart" }, ...minutes, half, good, goodLine, bad);
  const most = el("span", {});
  const middle = el("span", {});
  const facts = el("p", { class: "muted facts" });
  const legend = el("p", { class: "legend", "aria-hidden": "true" },
    el("span", { class: "key-good" }, "accepted"), el("span", { class: "key-bad" }, "rejected"));
  const element = el("section", { class: "card chart-card", "aria-labelledby": "chart-title" },
    el("div", { class: "card-head" }, el("h2", { id: "chart-title" }, "Records a second"), legend),
    el("div", { class: "chart-grid-box" },
      el("div", { class: "scale", "aria-hidden": "true" }, most, middle, el("span", {}, "0")),
      drawing,
      el("div", { class: "times", "aria-hidden": "true" }, el("span", {}, "5 min ago"), el("span", {}, "now"))),
    facts);
  return {
    element,
    draw(recent) {
      const accepted = recent.map((second) => second.accepted);
      const rejected = recent.map((second) => second.rejected);
      const highest = Math.max(...accepted, ...rejected);
      const top = round(highest);
      const shape = area(accepted, top);
      good.setAttribute("d", shape.fill);
      goodLine.setAttribute("d", shape.line);
      bad.setAttribute("d", area(rejected, top).line);
      bad.toggleAttribute("hidden", Math.max(...rejected) === 0);
      most.textContent = number(top);
      middle.textContent = top > 1 ? number(top / 2) : "";
      // The second under way is not yet whole.
      const last = recent.at(-2);
      const text = `last second ${number(last.accepted)} accepted, ${number(last.rejected)} rejected · most ${number(highest)}`;
      facts.textContent = text;
      drawing.setAttribute("aria-label", `Records a second over the last five minutes: ${text}`);
    },
  };
}
