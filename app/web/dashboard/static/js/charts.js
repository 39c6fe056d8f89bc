// The queues' course: what ended in each bucket, and how long it had waited and run.
import { colour, draw, faded, uplot } from "./chart.js";

const charts = new Map();

export async function start() {
  const page = document.querySelector("[data-charts]");
  const [uPlot, answer] = await Promise.all([uplot(page.dataset.uplot), fetch(page.dataset.charts)]);
  if (!answer.ok) return;
  const show = (told) => {
    for (const box of page.querySelectorAll("[data-chart]")) update(uPlot, box, told);
  };
  let latest = await answer.json();
  show(latest);
  document.addEventListener("series", (event) => { latest = event.detail; show(latest); });
  const again = () => {
    for (const chart of charts.values()) chart.destroy();
    charts.clear();
    show(latest);
  };
  document.addEventListener("theme", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

function update(uPlot, box, told) {
  const of = told.queues[box.dataset.queue];
  const none = told.times.map(() => 0);
  const minute = 60 / told.bucket;
  const data = box.dataset.chart === "throughput"
    ? [told.times, (of?.completed ?? none).map((n) => n * minute), (of?.failed ?? none).map((n) => n * minute)]
    : [told.times, ...["waited50", "waited95", "ran50", "ran95"].map((name) => of?.[name] ?? told.times.map(() => null))];
  if (charts.has(box)) { charts.get(box).setData(data); return; }
  box.closest(".charts").hidden = !of;
  if (!of) return;
  const output = box.parentElement.querySelector("output") ?? document.createElement("output");
  box.parentElement.querySelector(".key").before(output);
  const words = box.parentElement.querySelector("figcaption").firstChild.textContent.trim();
  charts.set(box, draw(uPlot, box, series(uPlot, box.dataset.chart), data, { say: (text) => { output.textContent = text; }, label: `${words}, queue ${box.dataset.queue}` }));
}

function series(uPlot, name) {
  const bars = uPlot.paths.bars({ size: [0.7, 24] });
  const points = { show: (u, i) => u.data[i].filter((value) => value != null).length < 40, size: 4 };
  const line = (label, tone, extra = {}) => ({ label, stroke: colour(tone), width: 1.5, spanGaps: false, points, ...extra });
  if (name === "throughput") {
    return [
      { label: "completed", stroke: colour("accent"), fill: faded("accent", 0.55), width: 0, paths: bars, points: { show: false } },
      { label: "failed", stroke: colour("failed"), fill: colour("failed"), width: 0, paths: bars, points: { show: false } },
    ];
  }
  return [
    line("wait", "processing"), line("wait 95 %", "processing", { dash: [3, 3], width: 1 }),
    line("run", "accent"), line("run 95 %", "accent", { dash: [3, 3], width: 1 }),
  ];
}
