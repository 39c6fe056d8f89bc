// Keyboard shortcuts: / search, j and k rows, Enter open, x select, n new, g and a letter for a page, ? help.
const PAGES = { o: "/", j: "/jobs", q: "/queues", w: "/workers", m: "/map", n: "/new", s: "/schedules", a: "/audit", h: "/households", b: "/businesses", c: "/companies", i: "/signals" };
let goPressedAt = 0;

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (goPressedAt && Date.now() - goPressedAt < 1200 && PAGES[event.key]) { location.assign(PAGES[event.key]); return; }
    goPressedAt = 0;
    press(event);
  });
}

function press(event) {
  switch (event.key) {
    case "/": {
      const field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
      break;
    }
    case "j": move(1); break;
    case "k": move(-1); break;
    case "Enter":
      if (event.target === document.body || event.target.matches("tr")) document.querySelector(".here [data-open], a.here")?.click();
      break;
    case "x": document.querySelector(".here input[type=checkbox]")?.click(); break;
    case "n": location.assign("/new"); break;
    case "g": goPressedAt = Date.now(); break;
    case "?": document.getElementById("keys")?.showModal(); break;
    default:
  }
}

function move(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.classList.contains("here"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
  rows[now]?.classList.remove("here");
  next.classList.add("here");
  next.scrollIntoView({ block: "nearest" });
}
