// Holds the views together: tabs, the address, the clock that asks for news, theme and reset.

import { get, post } from "./api.js";
import { number } from "./dom.js";
import { faults } from "./faults.js";
import { jobs } from "./jobs.js";
import { overview } from "./overview.js";
import { records } from "./records.js";
import { requests } from "./requests.js";
import { rows } from "./rows.js";
import { schema } from "./schema.js";

const byId = (id) => document.getElementById(id);
const NAMES = ["overview", "requests", "records", "rows", "schema", "jobs", "faults"];
const BUILD = { overview, requests, records, rows, schema, jobs, faults };
const EVERY_MS = 1000;

let state = null;
let current = null;

function report(error) {
  byId("error").hidden = error === null;
  byId("error").textContent = error?.message ?? "";
}

const views = Object.fromEntries(NAMES.map((name) => [name, BUILD[name](byId(`panel-${name}`), report)]));

// Tabs, as WAI-ARIA describes them: one is in the order of the Tab key, arrows go to the others.

async function show(name, params) {
  const isNew = current !== name;
  current = name;
  for (const other of NAMES) {
    const tab = byId(`tab-${other}`);
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
    byId(`panel-${other}`).hidden = other !== name;
  }
  if (isNew) byId(`tab-${name}`).scrollIntoView({ block: "nearest", inline: "nearest" });
  if (state === null) return;
  await attempt(async () => {
    await views[name].show?.(params, state);
    await views[name].tick(state);
  });
}

function address() {
  const [name, query] = location.hash.slice(1).split("?");
  return [NAMES.includes(name) ? name : "overview", new URLSearchParams(query)];
}

for (const [at, name] of NAMES.entries()) {
  const tab = byId(`tab-${name}`);
  tab.addEventListener("click", () => { location.hash = name; });
  tab.addEventListener("keydown", (event) => {
    const last = NAMES.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    byId(`tab-${NAMES[to]}`).focus();
    location.hash = NAMES[to];
  });
}
window.addEventListener("hashchange", () => show(...address()));

// News: one small question a second, and nothing while nobody looks.

async function attempt(action) {
  try {
    await action();
    health(true);
  } catch (error) {
    // Without an answer fetch throws a TypeError; what the emulator refuses is ours to show.
    if (error instanceof TypeError) health(false);
    else report(error);
  }
}

function health(isThere) {
  byId("health").classList.toggle("down", !isThere);
  const text = isThere ? "live" : "no answer";
  if (byId("health-text").textContent !== text) byId("health-text").textContent = text;
}

let spokenAt = 0;
let spoken = "";

/** Tells a screen reader the counts, at most every ten seconds. */
function speak() {
  const sum = (name) => state.objects.reduce((total, object) => total + object[name], 0);
  const text = `${number(sum("accepted"))} records accepted, ${number(sum("rejected"))} rejected`;
  if (text === spoken || Date.now() - spokenAt < 10_000) return;
  [spoken, spokenAt] = [text, Date.now()];
  byId("spoken").textContent = text;
}

async function tick() {
  if (document.hidden) return;
  const isFirst = state === null;
  await attempt(async () => {
    state = await get("/state");
    byId("connector").textContent = state.connector;
    byId("url").textContent = state.url.replace(/^https?:\/\//, "");
    const count = byId("fault-count");
    count.hidden = state.faults === 0;
    count.textContent = state.faults;
    count.setAttribute("aria-label", `, ${state.faults} in force`);
    document.title = `${state.connector} · Data Cloud emulator`;
    speak();
    if (isFirst) await show(...address());
    else await views[current].tick(state);
  });
}

async function run() {
  await tick();
  setTimeout(run, EVERY_MS);
}

document.addEventListener("visibilitychange", tick);

// The theme: what the system has, until somebody chooses.

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";

function nameTheme() {
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", `Use ${isDark() ? "light" : "dark"} colours`);
}

byId("theme").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  nameTheme();
});
prefersDark.addEventListener("change", nameTheme);
nameTheme();

const dialog = byId("reset-dialog");
byId("reset").addEventListener("click", () => dialog.showModal());
byId("reset-no").addEventListener("click", () => dialog.close());
byId("reset-yes").addEventListener("click", async () => {
  dialog.close();
  await attempt(() => post("/reset"));
  state = null;
  await tick();
});

show(...address());
run();
