// The last requests with their answers.

import { get } from "./api.js";
import { bytes, calm, el, empty, field, number, reconcile, select, time } from "./dom.js";
import { pager } from "./pager.js";

const STATUSES = [["", "Any status"], ["2xx", "2xx success"], ["4xx", "4xx refused"], ["400", "400"], ["401", "401"], ["429", "429"], ["5xx", "5xx failed"], ["cut", "no answer (cut)"]];

function status(request) {
  const code = request.status;
  const [sign, kind] = code === 0 ? ["✂", "late"] : code < 400 ? ["✓", "good"] : ["✕", "bad"];
  return el("span", { class: `badge ${kind}` }, el("span", { "aria-hidden": "true", class: "sign" }, sign), code === 0 ? "cut" : String(code));
}

/** A fault in a word. */
export function faultName(fault) {
  if (typeof fault === "string") return fault;
  const [[name, inner]] = Object.entries(fault);
  if (name === "status" || name === "html") return `${name} ${inner.status}`;
  if (name === "cut") return `cut ${inner.at}`;
  if (name === "delay") return `delay ${inner["least-ms"]}–${inner["most-ms"]} ms`;
  return name;
}

function row(request) {
  const records = request.records > 0 && request.path.startsWith("/api/v1/ingest/")
    ? el("a", { href: `#records?request=${request.number}`, "aria-label": `records of request ${request.number}` }, number(request.records))
    : request.records > 0 ? number(request.records) : "";
  return el("tr", { role: "row" },
    el("td", { role: "cell", class: "num muted c-id" }, `#${request.number}`),
    el("td", { role: "cell", class: "muted c-time" }, time(request["at-ms"])),
    el("td", { role: "cell", class: "c-outcome" }, status(request)),
    el("td", { role: "cell", class: "mono c-main" }, el("span", { class: "method" }, request.method), ` ${request.path}`),
    el("td", { role: "cell", class: "num c-count", "data-label": "records" }, records),
    el("td", { role: "cell", class: "num c-bytes", "data-label": "bytes" }, bytes(request.bytes)),
    el("td", { role: "cell", class: "c-why" }, request.fault ? el("span", { class: "tag" }, `fault: ${faultName(request.fault)}`) : ""));
}

export function requests(panel) {
  const byStatus = select(STATUSES, { id: "request-status" });
  const byPath = el("input", { type: "search", id: "request-path", placeholder: "part of the path" });
  const body = el("tbody", { role: "rowgroup" });
  const heads = [["#", "num c-id"], ["Time", "c-time"], ["Answer", "c-outcome"], ["Request", "c-main"], ["Records", "num c-count"], ["Body", "num c-bytes"], ["Fault", "c-why"]];
  const table = el("table", { class: "list requests", role: "table", "aria-label": "requests" },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads.map(([head, kind]) => el("th", { scope: "col", role: "columnheader", class: kind }, head)))), body);
  const nothing = el("div");
  const pages = pager({
    what: "request",
    placeOf: (request) => request.number,
    look: async (before, limit) => {
      const page = await get("/requests", { before, limit, status: byStatus.value, path: byPath.value });
      return { items: page.requests, next: page.next };
    },
    show(items) {
      reconcile(body, items, (request) => request.number, row);
      table.hidden = items.length === 0;
      const isFiltered = byStatus.value !== "" || byPath.value !== "";
      nothing.replaceChildren(...(items.length > 0 ? [] : [isFiltered
        ? empty("No request matches.", el("p", {}, "Only the last 10,000 are remembered."))
        : empty("No requests yet.", el("p", {}, "Set the variables on the overview and start your program."))]));
    },
  });
  const restart = calm(() => pages.restart());
  byStatus.addEventListener("change", restart);
  byPath.addEventListener("input", restart);
  panel.append(el("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() }, field("Status", byStatus), field("Path", byPath)),
    el("div", { class: "card flush" }, table, nothing), pages.element);
  let seen = -1;
  return {
    show: () => pages.restart(),
    tick(state) {
      if (state["next-request"] === seen) return undefined;
      seen = state["next-request"];
      return pages.refresh();
    },
  };
}
