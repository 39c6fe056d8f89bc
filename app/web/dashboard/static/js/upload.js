// Upload a file with progress; without scripts the browser sends the same form.
export function start() {
  for (const zone of document.querySelectorAll("[data-drop]")) takeDrops(zone);
  for (const form of document.querySelectorAll("[data-upload]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
}

function takeDrops(zone) {
  const field = zone.querySelector("input[type=file]");
  zone.querySelector("[data-drop-hint]").hidden = false;
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    const [file] = event.dataTransfer.files;
    const one = new DataTransfer();
    one.items.add(file);
    field.files = one.files;
    field.form.requestSubmit();
  });
}

function send(form) {
  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const message = box.querySelector("p");
  const data = new FormData();
  // options first: the server reads the file as it arrives
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) data.append(name, value);
  data.append("file", form.elements.file.files[0]);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  box.hidden = false;
  request.upload.onprogress = (event) => {
    const percent = Math.floor((100 * event.loaded) / event.total);
    bar.value = percent;
    message.textContent = percent < 100 ? `${percent} % of ${size(event.total)} uploaded` : "Upload complete. Checking the file…";
  };
  request.onload = () => {
    if (request.status < 300 && /^\/(jobs|import)\//.test(new URL(request.responseURL).pathname)) { location.assign(request.responseURL); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const problem = [...page.querySelectorAll("[role=alert], p.error, .empty p")].map((element) => element.textContent).filter(Boolean).join(" ");
    fail(problem || `The server answered with status ${request.status}.`);
  };
  request.onerror = () => fail("The connection was lost. Upload the file again.");
  const fail = (text) => {
    message.textContent = text;
    message.className = "error";
    bar.hidden = true;
  };
  message.className = "quiet";
  bar.hidden = false;
  request.send(data);
}

function size(bytes) {
  return new Intl.NumberFormat(undefined, { style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1 }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
}
