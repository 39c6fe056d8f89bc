// Charts of the queues: finished jobs per bucket, and their wait and run times.
import { colour, draw, faded, uplot } from "./chart.js";

const charts = new Map();

export async function start() {
  const page = document.querySelector("[data-charts]");
  const [uPlot, response] = await Promise.all([uplot(page.dataset.uplot), fetch(page.dataset.charts)]);
  if (!response.ok) return;
  const show = (series) => {
    for (const box of page.querySelectorAll("[data-chart]")) update(uPlot, box, series);
  };
  let latest = await response.json();
  show(latest);
  document.addEventListener("series", (event) => { latest = event.detail; show(latest); });
  const redraw = () => {
    for (const chart of charts.values()) chart.destroy();
    charts.clear();
    show(latest);
  };
  document.addEventListener("theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

function update(uPlot, box, series) {
  const queue = series.queues[box.dataset.queue];
  const none = series.times.map(() => 0);
  const perMinute = 60 / series.bucket;
  const data = box.dataset.chart === "throughput"
    ? [series.times, (queue?.completed ?? none).map((n) => n * perMinute), (queue?.failed ?? none).map((n) => n * perMinute)]
    : [series.times, ...["waited50", "waited95", "ran50", "ran95"].map((name) => queue?.[name] ?? series.times.map(() => null))];
  if (charts.has(box)) { charts.get(box).setData(data); return; }
  box.closest(".charts").hidden = !queue;
  if (!queue) return;
  const output = box.parentElement.querySelector("output") ?? document.createElement("output");
  box.parentElement.querySelector(".key").before(output);
  const title = box.parentElement.querySelector("figcaption").firstChild.textContent.trim();
  charts.set(box, draw(uPlot, box, chartSeries(uPlot, box.dataset.chart), data, { onCursor: (text) => { output.textContent = text; }, label: `${title}, queue ${box.dataset.queue}` }));
}

function chartSeries(uPlot, name) {
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
