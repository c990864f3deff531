// Shows a list that may be endless, a page at a time: the newest first, live while at the top.
//
// One look at the emulator examines only so much, so a rare thing takes several; this goes on by
// itself for a while and then asks.

import { el, number, plural } from "./dom.js";

const LIMIT = 50;
/** Looks before somebody is asked whether to go on. */
const PATIENCE = 40;

/**
 * `look(before, limit)` gives `{items, next, examined}`; `placeOf(item)` a number that falls from
 * item to item; `show(items)` draws them.
 */
export function pager({ look, placeOf, show, what }) {
  let items = [];
  let next = null;
  /** Where each page above this one began; empty at the top. */
  let above = [];
  let begin;
  let run = 0;
  let busy = false;
  const newer = el("button", { type: "button", class: "quiet" }, "Newer");
  const older = el("button", { type: "button", class: "quiet" }, "Older");
  const more = el("button", { type: "button", class: "quiet" }, "Keep looking");
  const status = el("p", { class: "muted", role: "status" });
  const element = el("div", { class: "pager" }, newer, older, more, status);

  function draw(text) {
    show(items);
    newer.disabled = above.length === 0;
    older.disabled = next === null || items.length < LIMIT;
    more.hidden = next === null || items.length >= LIMIT || busy;
    newer.hidden = older.hidden = newer.disabled && older.disabled;
    status.textContent = text;
  }

  function told(examined) {
    if (items.length === 0) return next === null ? "" : `nothing found in ${plural(examined, what)} so far`;
    const place = above.length > 0 ? `page ${above.length + 1}, ` : "";
    return `${place}${plural(items.length, what)} shown`;
  }

  async function seek(from) {
    const mine = ++run;
    busy = true;
    let examined = 0;
    next = from;
    for (let looks = 0; looks < PATIENCE; looks += 1) {
      const page = await look(next, LIMIT - items.length);
      if (mine !== run) return;
      items = items.concat(page.items);
      next = page.next;
      examined += page.examined ?? page.items.length;
      if (next === null || items.length >= LIMIT) break;
      draw(`looked at ${number(examined)}…`);
    }
    busy = false;
    draw(told(examined));
  }

  function go(from) {
    items = [];
    begin = from;
    return seek(from);
  }

  newer.addEventListener("click", () => go(above.pop()));
  older.addEventListener("click", () => {
    const from = next;
    above.push(begin);
    go(from);
  });
  more.addEventListener("click", () => seek(next));

  return {
    element,
    /** From the top, as after a change of the filter. */
    restart() {
      above = [];
      return go(undefined);
    },
    /** Takes in what is new, if the top is shown: one look, whatever is looked for. */
    async refresh() {
      if (above.length > 0 || busy) return;
      const mine = run;
      const page = await look(undefined, LIMIT);
      if (mine !== run || busy) return;
      const floor = page.next ?? -1;
      const known = page.next === null ? [] : items.filter((item) => placeOf(item) < floor);
      const all = page.items.concat(known);
      if (all.length > LIMIT || known.length === 0) next = page.next;
      items = all.slice(0, LIMIT);
      if (items.length === LIMIT && all.length > LIMIT) next = placeOf(items[LIMIT - 1]);
      draw(told(page.examined ?? items.length));
    },
  };
}
