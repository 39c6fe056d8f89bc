// How fast a running job goes, from what is told of it while one looks on.
const KEPT = 240;
const WINDOW = 3;

export function startSpeed(box, card) {
  const seen = [];
  const note = (at, processed) => {
    if (seen.length && (processed < seen.at(-1)[1] || at <= seen.at(-1)[0])) return;
    seen.push([at, processed]);
    if (seen.length > KEPT) seen.shift();
  };
  if (card?.dataset.at) note(Date.parse(card.dataset.at) / 1000, Number(card.dataset.processed));
  let chart = null;
  return async (job) => {
    if (!box) return;
    note(Date.parse(job.at) / 1000, job.processed);
    const data = speeds(seen);
    if (job.status !== "processing" && !chart || data[0].length < 3) return;
    box.hidden = false;
    const { colour, draw, faded, uplot } = await import("./chart.js");
    const uPlot = await uplot(box.dataset.uplot);
    if (chart) { chart.setData(data); return; }
    chart = draw(uPlot, box, [{ label: "items per second", stroke: colour("processing"), fill: faded("processing", 0.12), width: 1.5, points: { show: false } }], data, { height: 96, label: "Items per second while this page was open" });
  };
}

// Over the last few seconds at each moment: single steps say little.
function speeds(seen) {
  const times = [];
  const values = [];
  let first = 0;
  for (let i = 1; i < seen.length; i += 1) {
    while (first < i - 1 && seen[i][0] - seen[first][0] > WINDOW) first += 1;
    const took = seen[i][0] - seen[first][0];
    if (took <= 0) continue;
    times.push(seen[i][0]);
    values.push((seen[i][1] - seen[first][1]) / took);
  }
  return [times, values];
}
