// The last records, good and bad, with what is wrong with them.

import { get } from "./api.js";
import { calm, copyButton, el, empty, field, json, outcome, reconcile, select, time } from "./dom.js";
import { pager } from "./pager.js";

const OUTCOMES = [["", "All records"], ["bad", "✕ Bad"], ["good", "✓ Good"], ["refused", "↩ Refused with others"], ["blank", "○ Blank"], ["late", "◷ Rejected late"], ["lost", "∅ Lost"]];

function why(record) {
  return record.causes.map((cause, at) => el("span", { class: "cause" }, at > 0 ? "; " : "", cause.field ? el("b", {}, cause.field) : "", cause.field ? ": " : "", cause.reason));
}

export function records(panel) {
  const byOutcome = select(OUTCOMES, { id: "record-outcome" });
  const byObject = select([["", "All objects"]], { id: "record-object" });
  const byText = el("input", { type: "search", id: "record-text", placeholder: "key, field, reason or JSON" });
  const body = el("tbody", { role: "rowgroup" });
  const heads = [["#", "num c-id"], ["Time", "c-time"], ["Object", "c-object"], ["Outcome", "c-outcome"], ["Key", "c-main"], ["Field and reason", "c-why"]];
  const table = el("table", { class: "list records", role: "table", "aria-label": "records" },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads.map(([head, kind]) => el("th", { scope: "col", role: "columnheader", class: kind }, head)))), body);
  const nothing = el("div");
  const detail = el("aside", { class: "card detail", "aria-label": "record", tabindex: "-1", hidden: true });
  const split = el("div", { class: "split" }, el("div", { class: "card flush" }, table, nothing), detail);
  let chosen = null;
  let opener = null;
  let hasAny = false;
  let request;

  function close() {
    chosen = null;
    detail.hidden = true;
    split.classList.remove("open");
    mark();
    opener?.focus();
  }

  function open(record, button) {
    chosen = record.number;
    opener = button;
    const fields = record.causes.map((cause) => cause.field).filter(Boolean);
    const missing = record.causes.length > 0 && el("ul", { class: "causes" }, record.causes.map((cause) =>
      el("li", {}, cause.field ? el("b", {}, cause.field) : "", cause.field ? el("br") : "", cause.reason)));
    detail.replaceChildren(
      el("div", { class: "card-head" }, el("h2", {}, `Record #${record.number}`), el("button", { type: "button", class: "quiet small", onclick: close }, "Close")),
      el("p", { class: "facts" }, outcome(record.outcome), " ", record.object ?? "unknown object", el("span", { class: "muted" }, " · ", time(record["at-ms"]), ` · request #${record.request}`)),
      ...(missing ? [missing] : []),
      json(record.record, fields),
      copyButton(() => record.record, "Copy the JSON"));
    detail.hidden = false;
    split.classList.add("open");
    mark();
    detail.focus({ preventScroll: true });
    detail.scrollIntoView({ block: "nearest" });
  }

  function mark() {
    for (const line of body.children) line.toggleAttribute("data-chosen", line.dataset.key === String(chosen));
  }

  function row(record) {
    const button = el("button", { type: "button", class: "link mono" }, record.key ?? "no key");
    const line = el("tr", { role: "row" },
      el("td", { role: "cell", class: "num muted c-id" }, `#${record.number}`),
      el("td", { role: "cell", class: "muted c-time" }, time(record["at-ms"])),
      el("td", { role: "cell", class: "c-object" }, record.object ?? "—"),
      el("td", { role: "cell", class: "c-outcome" }, outcome(record.outcome)),
      el("td", { role: "cell", class: "c-main" }, button),
      el("td", { role: "cell", class: "c-why" }, why(record)));
    line.addEventListener("click", () => open(record, button));
    return line;
  }

  const pages = pager({
    what: "record",
    placeOf: (record) => record.number,
    look: async (before, limit) => {
      const page = await get("/records", { before, limit, request, outcome: byOutcome.value, object: byObject.value, q: byText.value });
      return { items: page.records, next: page.next, examined: page.examined.records };
    },
    show(items) {
      reconcile(body, items, (record) => record.number, row);
      mark();
      table.hidden = items.length === 0;
      const isFiltered = byOutcome.value !== "" || byObject.value !== "" || byText.value !== "";
      nothing.replaceChildren(...(items.length > 0 ? [] : [isFiltered && hasAny
        ? empty("No record matches.", el("p", {}, byOutcome.value === "bad" && byText.value === "" ? "Nothing is wrong with what is remembered." : "The oldest records are forgotten first."))
        : empty("No records yet.", el("p", {}, "Set the variables on the ", el("a", { href: "#overview" }, "overview"), " and start your program."))]));
    },
  });

  const all = el("button", { type: "button", class: "quiet small" }, "Show all");
  const only = el("p", { class: "only", hidden: true }, el("span"), " ", all);
  function limitTo(number) {
    request = number;
    only.hidden = number === undefined;
    only.firstElementChild.textContent = `Only those of request #${number}.`;
  }
  const restart = () => pages.restart();
  all.addEventListener("click", () => {
    limitTo(undefined);
    restart();
  });
  const later = calm(restart);
  byOutcome.addEventListener("change", restart);
  byObject.addEventListener("change", restart);
  byText.addEventListener("input", later);
  detail.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  panel.append(el("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    field("Outcome", byOutcome), field("Object", byObject), field("Search", byText)), only, split, pages.element);

  let seen = -1;
  return {
    show(params, state) {
      for (const object of state.objects.slice(byObject.options.length - 1)) byObject.append(el("option", { value: object.name }, object.name));
      if (params.has("object")) byObject.value = params.get("object");
      if (params.has("outcome")) byOutcome.value = params.get("outcome");
      hasAny = state.records.next > 0;
      if (params.has("request")) {
        byOutcome.value = byObject.value = byText.value = "";
        limitTo(Number(params.get("request")));
      }
      return pages.restart();
    },
    tick(state) {
      hasAny = state.records.next > 0;
      if (state.records.next === seen) return undefined;
      seen = state.records.next;
      return pages.refresh();
    },
  };
}
