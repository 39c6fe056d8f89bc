// Forms and controls: confirmation dialogs, filters that apply as they change, copy, theme, menu, selection.
export function startForms() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-confirm]");
    if (button && !button.dataset.confirmed) { event.preventDefault(); ask(button); }
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => { copy.textContent = "copied"; });
  });
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  for (const field of document.querySelectorAll("[data-submit]")) field.addEventListener("change", () => field.form.requestSubmit());
  for (const form of document.querySelectorAll(".filters")) form.addEventListener("submit", dropEmpty);
  for (const form of document.querySelectorAll("form[method=post]")) form.addEventListener("submit", disableSubmitter);
  document.querySelector("[data-print]")?.addEventListener("click", () => print());
  startSearch();
  startTheme();
  startMenu();
  startSelection();
  const zone = document.querySelector("[data-timezone]");
  if (zone && zone.value === "UTC" && location.pathname.endsWith("/new")) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function ask(button) {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-question").textContent = button.dataset.confirm.replace("{rows}", selectedRows());
  document.getElementById("ask-yes").textContent = button.dataset.yes;
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes" || !button.form) return;
    const confirmed = document.createElement("input");
    Object.assign(confirmed, { type: "hidden", name: "confirmed", value: "yes" });
    button.form.append(confirmed);
    button.dataset.confirmed = "1";
    button.form.requestSubmit(button);
    confirmed.remove();
    delete button.dataset.confirmed;
  };
  dialog.returnValue = "no";
  dialog.showModal();
}

function dropEmpty(event) {
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
}

// Ignore a second click while the form is being sent.
function disableSubmitter(event) {
  const { submitter } = event;
  if (submitter && !event.defaultPrevented) setTimeout(() => { submitter.disabled = true; setTimeout(() => { submitter.disabled = false; }, 4000); });
}

function startSearch() {
  for (const field of document.querySelectorAll("[data-search]")) {
    let timer = 0;
    const before = field.value;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { if (field.value !== before) field.form.requestSubmit(); }, 600);
    });
    if (field.value) { field.focus(); field.setSelectionRange(field.value.length, field.value.length); }
  }
}

function startTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme ?? (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    if (next === (dark ? "dark" : "light")) { delete root.dataset.theme; localStorage.removeItem("theme"); }
    else { root.dataset.theme = next; localStorage.setItem("theme", next); }
    document.dispatchEvent(new Event("theme"));
  });
}

function startMenu() {
  const button = document.querySelector("[data-menu]");
  button?.addEventListener("click", () => {
    const open = document.getElementById("nav").classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
}

// The number of chosen rows in words, such as "3 households".
function selectedRows() {
  const bar = document.querySelector("[data-bulk]");
  const all = bar?.querySelector("[name=all]:checked");
  const count = all ? Number(all.dataset.count) : document.querySelectorAll("#rows input:checked").length;
  return `${count.toLocaleString("en")} ${count === 1 ? bar?.dataset.singular ?? "job" : bar?.dataset.plural ?? "jobs"}`;
}

function startSelection() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const label = bar.querySelector("[data-selection]");
  const hint = label.textContent;
  const count = (event) => {
    const boxes = [...document.querySelectorAll("#rows input")];
    if (event?.target.matches("[data-select-page]")) for (const box of boxes) box.checked = event.target.checked;
    const selected = boxes.filter((box) => box.checked).length;
    const all = bar.querySelector("[name=all]")?.checked;
    bar.classList.toggle("some", Boolean(selected || all));
    label.textContent = all ? `All matching ${bar.dataset.plural ?? "jobs"}` : selected ? `${selected} selected` : hint;
  };
  document.addEventListener("change", count);
  count();
}
