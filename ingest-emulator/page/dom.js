// Builds elements, and keeps lists of them in step with data. Text is only ever set as text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/**
 * Makes the children of `parent` those of `items`, in order. An element whose key stays is not
 * touched, so it keeps its focus and its selection.
 */
export function reconcile(parent, items, keyOf, make) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(items.map((item) => String(keyOf(item))));
  for (const [key, child] of known) if (!wanted.has(key)) child.remove();
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    if (next?.dataset.key === key) {
      next = next.nextElementSibling;
      continue;
    }
    const child = known.get(key) ?? make(item);
    child.dataset.key = key;
    parent.insertBefore(child, next);
  }
}

const whole = new Intl.NumberFormat("en");
export const number = (value) => whole.format(value);
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
export const time = (ms) => el("time", { datetime: new Date(ms).toISOString(), title: new Date(ms).toISOString() }, clock.format(ms));

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

export function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

/** A button that copies what `text` gives. */
export function copyButton(text, label = "Copy") {
  const button = el("button", { type: "button", class: "quiet small" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      // Browsers refuse it on plain http to other machines.
      button.textContent = "Select it and copy";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
}

/** Waits until nobody has called for a while. */
export function calm(action, ms = 200) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), ms);
  };
}

const OUTCOMES = {
  good: ["✓", "good"],
  bad: ["✕", "bad"],
  refused: ["↩", "refused with others"],
  blank: ["○", "blank"],
  late: ["◷", "rejected late"],
  lost: ["∅", "lost"],
};

/** Sign, word and colour, so that none is needed alone. */
export function outcome(name) {
  const [sign, word] = OUTCOMES[name] ?? ["?", name];
  return el("span", { class: `badge ${name}` }, el("span", { "aria-hidden": "true", class: "sign" }, sign), word);
}

export function field(label, control) {
  return el("label", { class: "field" }, el("span", {}, label), control);
}

export function select(options, attributes = {}) {
  return el("select", attributes, options.map(([value, text]) => el("option", { value }, text)));
}

export function empty(title, ...rest) {
  return el("div", { class: "empty" }, el("p", { class: "empty-title" }, title), ...rest);
}

/** The shape of the JSON, with the lines of the named fields marked. */
export function json(text, marked = []) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return el("pre", { class: "json", tabindex: "0" }, text);
  }
  const isFlat = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isFlat) return el("pre", { class: "json", tabindex: "0" }, text);
  const lines = Object.entries(value).map(([name, inner], at, all) => {
    const comma = at + 1 < all.length ? "," : "";
    const kind = inner === null ? "null" : typeof inner;
    const line = [`  `, el("span", { class: "name" }, JSON.stringify(name)), ": ", el("span", { class: `v-${kind}` }, JSON.stringify(inner)), comma, "\n"];
    return marked.includes(name) ? el("mark", {}, ...line) : el("span", {}, ...line);
  });
  return el("pre", { class: "json", tabindex: "0", "aria-label": "the record as JSON" }, "{\n", ...lines, "}");
}
