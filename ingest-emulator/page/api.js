// Calls the emulator. Answers JSON or throws an Error with the emulator's words.

const ROOT = "/emulator/api";

async function call(method, path, body) {
  const init = { method, headers: {} };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(ROOT + path, init);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.message ?? `status ${answer.status}`);
  return json;
}

/** Parameters without a value are left out. */
export function get(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(given).toString();
  return call("GET", query ? `${path}?${query}` : path);
}

export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);
