// Scripts of every page; those that only some pages need are loaded there.
import { startForms } from "./forms.js";
import { startKeyboard } from "./keyboard.js";
import { localise } from "./times.js";

localise(document);
startForms();
startKeyboard();
if (document.querySelector("[data-live-jobs], [data-live-job], [data-live-panels]")) import("./live.js").then((m) => m.start());
if (document.querySelector("[data-charts]")) import("./charts.js").then((m) => m.start());
if (document.querySelector("[data-map]")) import("./map.js").then((m) => m.start());
if (document.querySelector("[data-pin]")) import("./pin.js").then((m) => m.start());
if (document.querySelector("[data-upload]")) import("./upload.js").then((m) => m.start());
