// Put new fragments into the page: elements with data-live are exchanged by their id, and only if they changed.
import { localise } from "./times.js";

const known = new Map();
let refreshing = null;
let refreshAgain = false;

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function patch(content) {
  for (const fragment of content.querySelectorAll("[data-live][id]")) {
    const current = document.getElementById(fragment.id);
    const source = fragment.outerHTML;
    if (!current || known.get(fragment.id) === source) continue;
    known.set(fragment.id, source);
    exchange(current, document.importNode(fragment, true));
  }
}

export function exchange(old, fresh) {
  localise(fresh);
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  fresh.querySelectorAll("details").forEach((details, i) => { details.open = open[i] ?? false; });
  const focusable = (root) => [...root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const focused = focusable(old).indexOf(document.activeElement);
  const ticked = new Set([...old.querySelectorAll("input:checked")].map((box) => box.value));
  for (const box of fresh.querySelectorAll("input[type=checkbox]")) box.checked = ticked.has(box.value);
  if (old.classList.contains("here")) fresh.classList.add("here");
  old.replaceWith(fresh);
  if (focused >= 0) focusable(fresh)[focused]?.focus({ preventScroll: true });
}

// Load the page again in the background, for changes that no fragment shows.
export async function refresh() {
  if (refreshing) { refreshAgain = true; return refreshing; }
  refreshing = load().finally(() => {
    refreshing = null;
    if (refreshAgain) { refreshAgain = false; refresh(); }
  });
  return refreshing;
}

// Load one part of the page again.
export async function refreshPart(id) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(id);
  if (fresh) document.getElementById(id)?.replaceWith(document.importNode(fresh, true));
}

async function load() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (response.redirected && new URL(response.url).pathname === "/login") { location.reload(); return; }
  if (response.status === 404) { location.reload(); return; }
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  patch(page);
  const rows = page.getElementById("rows");
  if (rows) exchange(document.getElementById("rows"), document.importNode(rows, true));
  await new Promise((resolve) => setTimeout(resolve, 700));
}
