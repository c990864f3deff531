// The connector's schema: what records must look like.

import { get } from "./api.js";
import { el } from "./dom.js";

const ROLES = { "primary-key": "primary key", "event-time": "event time", "record-modified": "record modified" };

function table(object) {
  const id = `schema-${object.name}`;
  const facts = [object.category, object["refresh-mode"], object["has-data-stream"] ? null : "no data stream"].filter(Boolean);
  const line = (field) => el("tr", {},
    el("th", { scope: "row", class: "mono" }, field.name),
    el("td", {}, field.kind),
    el("td", {}, field.roles.map((role) => el("span", { class: "tag" }, ROLES[role] ?? role))),
    el("td", { class: "muted wide" }, field.description ?? ""));
  return el("section", { class: "card", "aria-labelledby": id },
    el("div", { class: "card-head" }, el("h2", { id, class: "mono" }, object.name), el("p", { class: "muted" }, facts.join(" · "))),
    object.description && el("p", { class: "facts" }, object.description),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": id },
      el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, ["Field", "Kind", "Role", "Description"].map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, object.fields.map(line)))));
}

export function schema(panel) {
  return {
    async show() {
      const { objects } = await get("/schema");
      panel.replaceChildren(...objects.map(table));
    },
    tick() {},
  };
}
