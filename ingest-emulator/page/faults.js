// Switches by which the tenant misbehaves, and the rules in force.

import { get, post, remove } from "./api.js";
import { el, empty, field, number, reconcile, select } from "./dom.js";
import { faultName } from "./requests.js";

/** Names, words and the rule that a switch puts in force. */
const SWITCHES = [
  { id: "busy", name: "429 too many requests", about: "Refused as over the limit; the client should wait and try again.", calls: "ingest", fault: { status: { status: 429 } } },
  { id: "down", name: "503 unavailable", about: "Refused without being processed.", calls: "ingest", fault: { status: { status: 503 } } },
  { id: "slow", name: "Latency", about: "Each answer takes 200 to 800 ms longer.", calls: "any", fault: { delay: { "least-ms": 200, "most-ms": 800 } } },
  { id: "cut-before", name: "Cut before processing", about: "The connection ends; nothing came of the request.", calls: "ingest", fault: { cut: { at: "before-processing" } } },
  { id: "cut-after", name: "Cut after processing", about: "The connection ends; the records were accepted, but nobody says so.", calls: "ingest", fault: { cut: { at: "after-processing" } } },
  { id: "expire", name: "Expired tokens", about: "Every tenant token ends, so the request is answered 401.", calls: "ingest", fault: "expire-tokens" },
  { id: "html", name: "HTML instead of JSON", about: "A maintenance page, as a gateway sends it, with status 200.", calls: "any", fault: { html: { status: 200 } } },
  { id: "blank", name: "Blank rows", about: "Accepted, but each record lands with its key alone.", calls: "ingest", fault: "blank" },
  { id: "late", name: "Rejected late", about: "Accepted, and rejected afterwards.", calls: "ingest", fault: "reject-late" },
  { id: "young", name: "404 not yet deployed", about: "As for the first seconds after a stream is deployed.", calls: "ingest", fault: "not-deployed" },
];

/** Whether two faults are the same: what is not written is null. */
function isSame(one, other) {
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  const [[name, inner]] = Object.entries(one);
  const same = other[name];
  return same !== undefined && Object.entries(inner).every(([key, value]) => same[key] === value);
}

function when(rule) {
  const parts = [];
  if (rule.calls !== "any") parts.push(`${rule.calls} calls`);
  if (rule.object) parts.push(`object ${rule.object}`);
  if (rule.ratio !== undefined) parts.push(`${(rule.ratio * 100).toFixed(0)} % of requests`);
  if (rule.every !== undefined) parts.push(`every ${rule.every}th request`);
  if (rule.count !== undefined) parts.push(`at most ${number(rule.count)} times`);
  if (rule["from-ms"] > 0) parts.push(`from ${rule["from-ms"]} ms`);
  if (rule["until-ms"] !== undefined) parts.push(`until ${rule["until-ms"]} ms`);
  return parts.length > 0 ? parts.join(", ") : "every request";
}

export function faults(panel, report) {
  let active = [];
  const body = el("tbody", {});
  const nothing = el("div");
  const table = el("table", { class: "plain", "aria-label": "faults in force" },
    el("thead", {}, el("tr", {}, ["Fault", "Happens to", "Fired", ""].map((head) => el("th", { scope: "col", class: head === "Fired" && "num" }, head || el("span", { class: "unseen" }, "Remove"))))), body);
  const clear = el("button", { type: "button", class: "quiet small" }, "Remove all");

  const lines = SWITCHES.map((one) => {
    const percent = el("input", { type: "number", min: "1", max: "100", value: "100", id: `percent-${one.id}` });
    const count = el("input", { type: "number", min: "1", placeholder: "no end", id: `count-${one.id}` });
    const toggle = el("button", { type: "button", role: "switch", class: "switch", id: `switch-${one.id}`, "aria-checked": "false", "aria-labelledby": `name-${one.id}`, "aria-describedby": `about-${one.id}` },
      el("span", { class: "knob", "aria-hidden": "true" }), el("span", { class: "switch-word", "aria-hidden": "true" }, "off"));
    const own = () => active.filter((rule) => isSame(one.fault, rule.rule.fault));
    toggle.addEventListener("click", () => act(async () => {
      const inForce = own();
      if (inForce.length > 0) {
        for (const rule of inForce) await remove(`/faults/${rule.id}`);
        return;
      }
      const rule = { fault: one.fault, calls: one.calls };
      if (percent.value !== "" && percent.value !== "100") rule.ratio = Number(percent.value) / 100;
      if (count.value !== "") rule.count = Number(count.value);
      await post("/faults", rule);
    }));
    const element = el("li", { class: "fault" }, toggle,
      el("div", { class: "fault-words" }, el("h3", { id: `name-${one.id}` }, one.name), el("p", { class: "muted", id: `about-${one.id}` }, one.about)),
      el("div", { class: "fault-when" }, field("% of requests", percent), field("at most times", count)));
    return { element, draw() {
      const isOn = own().length > 0;
      toggle.setAttribute("aria-checked", String(isOn));
      toggle.lastElementChild.textContent = isOn ? "on" : "off";
      percent.disabled = count.disabled = isOn;
    } };
  });

  async function act(action) {
    try {
      await action();
      report(null);
    } catch (error) {
      report(error);
    }
    await draw();
  }

  function row({ id, rule, fired }) {
    const gone = el("button", { type: "button", class: "quiet small", "aria-label": `Remove ${faultName(rule.fault)}` }, "Remove");
    gone.addEventListener("click", () => act(() => remove(`/faults/${id}`)));
    return el("tr", {}, el("th", { scope: "row" }, faultName(rule.fault)), el("td", {}, when(rule)),
      el("td", { class: "num", "data-fired": "" }, number(fired)), el("td", { class: "num" }, gone));
  }

  async function draw() {
    active = (await get("/faults")).faults;
    for (const line of lines) line.draw();
    reconcile(body, active, (rule) => rule.id, row);
    active.forEach((rule, at) => { body.children[at].querySelector("[data-fired]").textContent = number(rule.fired); });
    table.hidden = clear.hidden = active.length === 0;
    nothing.replaceChildren(...(active.length > 0 ? [] : [empty("No faults in force.", el("p", {}, "The tenant answers as well as it can."))]));
  }

  clear.addEventListener("click", () => act(() => remove("/faults")));
  const which = select([["tenant", "tenant tokens"], ["org", "org tokens"]], { id: "expire-which" });
  const now = el("button", { type: "button", class: "quiet" }, "Expire now");
  const done = el("span", { class: "muted", role: "status" });
  now.addEventListener("click", () => act(async () => {
    await post("/expire-tokens", { tokens: which.value });
    done.textContent = `All ${which.selectedOptions[0].textContent} have expired.`;
  }));
  panel.append(
    el("section", { class: "card flush", "aria-labelledby": "active-title" },
      el("div", { class: "card-head inset" }, el("h2", { id: "active-title" }, "In force"), clear), el("div", { class: "scroll" }, table), nothing),
    el("section", { class: "card flush", "aria-labelledby": "switches-title" },
      el("div", { class: "card-head inset" }, el("h2", { id: "switches-title" }, "Switches"), el("p", { class: "muted" }, "set how often, then switch on")),
      el("ul", { class: "faults" }, lines.map((line) => line.element))),
    el("section", { class: "card", "aria-labelledby": "expire-title" },
      el("div", { class: "card-head" }, el("h2", { id: "expire-title" }, "Tokens")),
      el("div", { class: "inline" }, field("End the life of all", which), now, done)));
  return { show: draw, tick: draw };
}
