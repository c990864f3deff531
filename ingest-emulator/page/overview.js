// The first view: what came in, how fast, and what a program must be told to send here.

import { get } from "./api.js";
import { chart } from "./chart.js";
import { copyButton, duration, el, number, reconcile } from "./dom.js";

function counter(label, note = "") {
  const value = el("dd", {}, "0");
  const more = el("dd", { class: "note" }, note);
  return { element: el("div", { class: "counter" }, el("dt", {}, label), value, more), value, more };
}

export function overview(panel) {
  const counters = {
    accepted: counter("Records accepted"),
    rejected: counter("Records rejected"),
    rows: counter("Rows"),
    requests: counter("Requests"),
    busiest: counter("Busiest second"),
    uptime: counter("Uptime"),
  };
  const lines = chart();
  const code = el("pre", { class: "code", tabindex: "0", "aria-label": "variables to set" });
  const copy = copyButton(() => code.textContent, "Copy the variables");
  const title = el("h2", { id: "variables-title" }, "Variables to set");
  const invitation = el("p", {});
  const variables = el("section", { class: "card", "aria-labelledby": "variables-title" },
    el("div", { class: "card-head" }, title, copy), invitation, code);
  const body = el("tbody");
  const heads = ["Object", "Accepted", "Rejected", "Bad", "Blank", "Late", "Rows"];
  const table = el("div", { class: "card" },
    el("div", { class: "card-head" }, el("h2", { id: "objects-title" }, "Objects")),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "objects-title" },
      el("table", { class: "plain" },
        el("thead", {}, el("tr", {}, heads.map((head, at) => el("th", { scope: "col", class: at > 0 && "num" }, head)))),
        body)));
  const lost = el("p", { class: "error", hidden: true });
  panel.append(
    el("dl", { class: "counters" }, Object.values(counters).map((one) => one.element)),
    lost, lines.element, table, variables);

  get("/variables").then((vars) => {
    code.textContent = Object.entries(vars).map(([name, value]) => `export ${name}='${value}'`).join("\n");
  });

  function row(object) {
    const link = el("a", { href: `#records?object=${encodeURIComponent(object.name)}` }, object.name);
    const counts = [object.accepted, object.rejected, object.bad, object.blank, object.late, object.rows];
    return el("tr", {}, el("th", { scope: "row" }, link),
      counts.map((count) => el("td", { class: count === 0 ? "num zero" : "num" }, number(count))));
  }

  return {
    tick(state) {
      const sum = (name) => state.objects.reduce((total, object) => total + object[name], 0);
      const set = (name, value, note = "") => {
        counters[name].value.textContent = value;
        counters[name].more.textContent = note;
      };
      const bad = sum("bad");
      set("accepted", number(sum("accepted")));
      set("rejected", number(sum("rejected")), bad > 0 ? `${number(bad)} of them bad` : "");
      counters.rejected.element.classList.toggle("alarming", sum("rejected") > 0);
      set("rows", number(sum("rows")));
      set("requests", number(state.requests));
      const limit = state["requests-per-second-limit"];
      set("busiest", number(state["busiest-second"]), limit > 0 ? `of ${number(limit)} requests` : "requests, no limit");
      set("uptime", duration(state["uptime-ms"]), state["is-lenient"] ? "lenient" : "strict");
      lost.hidden = state.lost === 0;
      lost.textContent = `${number(state.lost)} records were answered with success and landed nowhere.`;
      lines.draw(state.recent);
      reconcile(body, state.objects, (object) => JSON.stringify(object), row);
      const isNew = sum("accepted") + sum("rejected") === 0;
      variables.classList.toggle("inviting", isNew);
      invitation.textContent = isNew
        ? "No records yet. Set these variables, start your program, and watch its records arrive."
        : "A program with these variables sends its records here.";
      // An invitation comes first, a reminder last.
      const wanted = isNew ? panel.children[2] : null;
      if (isNew && wanted !== variables) panel.insertBefore(variables, wanted);
      if (!isNew && panel.lastElementChild !== variables) panel.append(variables);
    },
  };
}
