// Bulk jobs. A job's own names are the columns, so that none is left out.

import { get } from "./api.js";
import { el, empty } from "./dom.js";

export function jobs(panel) {
  async function draw() {
    const { jobs: all } = await get("/jobs");
    if (all.length === 0) {
      panel.replaceChildren(el("div", { class: "card flush" }, empty("No bulk jobs yet.", el("p", {}, "A job appears here when a client creates one."))));
      return;
    }
    const names = Object.keys(all[0]);
    panel.replaceChildren(el("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "bulk jobs" },
      el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, all.map((job) => el("tr", {}, names.map((name) => el("td", {}, String(job[name] ?? "")))))))));
  }
  return { show: draw, tick() {} };
}
