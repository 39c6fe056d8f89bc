// New pieces into the page: what carries data-live is exchanged by its id, and only where it changed.
import { localise } from "./times.js";

const known = new Map();
let refreshing = null;
let again = false;

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function patch(content) {
  for (const piece of content.querySelectorAll("[data-live][id]")) {
    const there = document.getElementById(piece.id);
    const source = piece.outerHTML;
    if (!there || known.get(piece.id) === source) continue;
    known.set(piece.id, source);
    exchange(there, document.importNode(piece, true));
  }
}

export function exchange(old, fresh) {
  localise(fresh);
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  fresh.querySelectorAll("details").forEach((one, i) => { one.open = open[i] ?? false; });
  const reachable = (root) => [...root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const focused = reachable(old).indexOf(document.activeElement);
  const ticked = new Set([...old.querySelectorAll("input:checked")].map((one) => one.value));
  for (const box of fresh.querySelectorAll("input[type=checkbox]")) box.checked = ticked.has(box.value);
  if (old.classList.contains("here")) fresh.classList.add("here");
  old.replaceWith(fresh);
  if (focused >= 0) reachable(fresh)[focused]?.focus({ preventScroll: true });
}

// The page once more, quietly: for what is not told piece by piece.
export async function refresh() {
  if (refreshing) { again = true; return refreshing; }
  refreshing = load().finally(() => {
    refreshing = null;
    if (again) { again = false; refresh(); }
  });
  return refreshing;
}

async function load() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected && new URL(answer.url).pathname === "/login") { location.reload(); return; }
  if (answer.status === 404) { location.reload(); return; }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  patch(page);
  const rows = page.getElementById("rows");
  if (rows) exchange(document.getElementById("rows"), document.importNode(rows, true));
  await new Promise((resolve) => setTimeout(resolve, 700));
}
