// Live updates from the server. A hidden page closes its connection (browsers allow six per host) and catches up later.
import { exchange, parse, patch, refresh, refreshPart } from "./patch.js";
import { startSpeed } from "./speed.js";

const MOST_ROWS = 200;
let last = document.body.dataset.since;
const shown = new Map();  // the HTML of rows by job
const held = new Map();  // new rows that wait while someone looks at the others, by their id
const leaving = new Set();  // rows that no longer belong to the list
const left = new Set();  // and those that were taken away
const TABS_MS = 5000;
let tabsTimer = 0;

function listen(getAddress, handlers) {
  let source = null;
  let timer = 0;
  const offline = document.querySelector(".offline");
  const open = () => {
    const url = new URL(getAddress(), location.href);
    url.searchParams.set("since", last);
    source = new EventSource(url);
    source.onopen = () => { clearTimeout(timer); timer = 0; offline.hidden = true; };
    source.onerror = () => {
      timer ||= setTimeout(() => { offline.hidden = false; }, 4000);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (!document.hidden) open(); }, 3000);
    };
    for (const [name, handle] of Object.entries({ reload: () => { last = String(Date.now()); refresh(); }, ...handlers })) {
      source.addEventListener(name, (event) => { if (event.lastEventId) last = event.lastEventId; handle(JSON.parse(event.data)); });
    }
  };
  open();
  document.addEventListener("visibilitychange", () => {
    source.close();
    if (!document.hidden) open();
  });
  addEventListener("pagehide", () => source.close());
}

export function start() {
  const list = document.querySelector("[data-live-jobs]");
  const job = document.querySelector("[data-live-job]");
  const panels = document.querySelector("[data-live-panels]");
  if (list) {
    listen(() => listAddress(list), { jobs: (update) => updateList(list, update) });
    document.getElementById("rows").addEventListener("pointerleave", settle);
  }
  if (job) listen(() => job.dataset.liveJob, { jobs: jobUpdater() });
  if (panels) listen(() => `/live/panels/${panels.dataset.livePanels}`, { panel: updatePanel });
}

function listAddress(list) {
  const ids = [...document.querySelectorAll("#rows tr")].map((row) => row.id.slice(4));
  const url = new URL(list.dataset.liveJobs, location.href);
  url.searchParams.set("ids", ids.join(","));
  if ("top" in list.dataset) url.searchParams.set("top", "1");
  return url;
}

// Whether someone looks at the rows: then nothing moves.
function isRead() {
  const rows = document.getElementById("rows");
  return rows.matches(":hover") || rows.querySelector("input:checked") !== null || rows.contains(document.activeElement);
}

function updateList(list, update) {
  const rows = document.getElementById("rows");
  const { status } = list.dataset;
  for (const job of update.jobs) {
    if (shown.get(job.id) === job.html) continue;  // told again, but nothing changed
    shown.set(job.id, job.html);
    const belongs = !status || job.status === status;
    const fresh = document.importNode(parse(job.html).querySelector("tr"), true);
    const current = document.getElementById(fresh.id);
    if (current) {
      exchange(current, fresh);
      if (belongs) leaving.delete(fresh.id);
      else leaving.add(fresh.id);
    } else if (belongs && "top" in list.dataset && (job.new || left.has(fresh.id) || held.has(fresh.id))) {
      if (isRead()) held.set(fresh.id, fresh);
      else insert(rows, fresh);
    } else held.delete(fresh.id);
  }
  for (const id of update.gone) {
    shown.delete(id);
    held.delete(`job-${id}`);
    document.getElementById(`job-${id}`)?.remove();
  }
  settle();
  showHeld(list);
  while (rows.children.length > MOST_ROWS) rows.lastElementChild.remove();
  if (rows.children.length) {
    rows.closest("table").hidden = false;
    document.getElementById("empty")?.remove();
  }
  if (document.getElementById("status-tabs")) tabsTimer ||= setTimeout(() => { tabsTimer = 0; refreshPart("status-tabs"); }, TABS_MS);
}

// Take rows away that no longer belong to the list, once nobody looks at them.
function settle() {
  if (isRead()) return;
  for (const id of leaving) {
    document.getElementById(id)?.remove();
    left.add(id);
  }
  leaving.clear();
}

function showHeld(list) {
  const button = list.querySelector("[data-held]");
  button.hidden = !held.size;
  button.textContent = held.size === 1 ? "1 new job" : `${held.size} new jobs`;
  button.onclick = () => {
    for (const fresh of held.values()) insert(document.getElementById("rows"), fresh);
    held.clear();
    showHeld(list);
  };
}

// Ids grow with time; the newest job comes first.
function insert(rows, fresh) {
  const below = [...rows.children].find((row) => row.id < fresh.id) ?? null;
  rows.insertBefore(document.createElement("tr"), below).replaceWith(fresh);
  import("./times.js").then((m) => m.localise(fresh));
}

function jobUpdater() {
  const updateSpeed = startSpeed(document.querySelector("[data-speed]"), document.getElementById("status-card"));
  let stage = null;
  return (update) => {
    for (const job of update.jobs) {
      patch(parse(job.html));
      updateSpeed(job);
      if (job.stage !== stage) refresh();
      stage = job.stage;
    }
    if (update.gone.length) location.assign("/");
  };
}

function updatePanel(panel) {
  if (panel.name.startsWith("series-")) document.dispatchEvent(new CustomEvent("series", { detail: JSON.parse(panel.content) }));
  else patch(parse(panel.content));
}
