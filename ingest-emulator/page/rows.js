// The rows of an object: what landed, one for each key.

import { get } from "./api.js";
import { calm, copyButton, el, empty, field, json, number, reconcile, select } from "./dom.js";
import { pager } from "./pager.js";

const shown = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

export function rows(panel) {
  const byObject = select([], { id: "row-object" });
  const byKey = el("input", { type: "search", id: "row-key", placeholder: "how the key begins" });
  const head = el("thead", {});
  const body = el("tbody", {});
  const table = el("table", { class: "plain rows", "aria-label": "rows" }, head, body);
  const total = el("p", { class: "muted facts" });
  const nothing = el("div");
  const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "rows, scrolls sideways" }, table);
  const detail = el("aside", { class: "card detail", "aria-label": "row", tabindex: "-1", hidden: true });
  const split = el("div", { class: "split" }, el("div", { class: "card flush" }, scroll, nothing), detail);
  let columns = [];
  let opener = null;

  function close() {
    detail.hidden = true;
    split.classList.remove("open");
    opener?.focus();
  }

  function open(item, button) {
    opener = button;
    const text = JSON.stringify(item.row);
    detail.replaceChildren(
      el("div", { class: "card-head" }, el("h2", {}, item.key || "no key"), el("button", { type: "button", class: "quiet small", onclick: close }, "Close")),
      json(text), copyButton(() => text, "Copy the JSON"));
    detail.hidden = false;
    split.classList.add("open");
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: "nearest" });
  }

  function row(item) {
    const button = el("button", { type: "button", class: "link mono" }, item.key || "no key");
    button.addEventListener("click", () => open(item, button));
    const values = columns.slice(1).map((name) => {
      const text = shown(item.row?.[name]);
      return el("td", { class: text === "" ? "blank-cell" : "", title: text }, text === "" ? "blank" : text);
    });
    return el("tr", {}, el("th", { scope: "row" }, button), values);
  }

  const pages = pager({
    what: "row",
    placeOf: (item) => item.place,
    look: async (before, limit) => {
      const page = await get(`/rows/${encodeURIComponent(byObject.value)}`, { before, limit, prefix: byKey.value });
      total.textContent = `${number(page.total)} in all, the newest key first`;
      return { items: page.rows, next: page.next, examined: page.examined };
    },
    show(items) {
      reconcile(body, items, (item) => `${item.key} ${JSON.stringify(item.row)}`, row);
      scroll.hidden = items.length === 0;
      nothing.replaceChildren(...(items.length > 0 ? [] : [byKey.value === ""
        ? empty("No rows yet.", el("p", {}, "A row appears for each primary key whose record was accepted."))
        : empty("No key begins so.", el("p", {}, "Keys are compared letter by letter."))]));
    },
  });

  let schema;
  async function choose(name) {
    schema ??= await get("/schema");
    const object = schema.objects.find((known) => known.name === name) ?? schema.objects[0];
    const key = object.fields.find((known) => known.roles.includes("primary-key"));
    columns = [key, ...object.fields.filter((known) => known !== key)].map((known) => known.name);
    head.replaceChildren(el("tr", {}, columns.map((column) => el("th", { scope: "col" }, column))));
    body.replaceChildren();
    close();
    return pages.restart();
  }

  byObject.addEventListener("change", () => choose(byObject.value));
  byKey.addEventListener("input", calm(() => pages.restart()));
  detail.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  panel.append(el("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() }, field("Object", byObject), field("Key", byKey)),
    total, split, pages.element);

  let seen = "";
  return {
    show(params, state) {
      for (const object of state.objects.slice(byObject.options.length)) byObject.append(el("option", { value: object.name }, object.name));
      if (params.has("object")) byObject.value = params.get("object");
      opener = null;
      return choose(byObject.value);
    },
    tick(state) {
      const object = state.objects.find((known) => known.name === byObject.value);
      const now = `${byObject.value} ${object?.accepted} ${object?.rows}`;
      if (now === seen) return undefined;
      seen = now;
      return pages.refresh();
    },
  };
}
