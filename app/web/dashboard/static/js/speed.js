// The speed of a running job, from the updates received while the page is open.
const MAX_SAMPLES = 240;
const WINDOW_SECONDS = 3;

export function startSpeed(box, card) {
  const samples = [];
  const record = (at, processed) => {
    if (samples.length && (processed < samples.at(-1)[1] || at <= samples.at(-1)[0])) return;
    samples.push([at, processed]);
    if (samples.length > MAX_SAMPLES) samples.shift();
  };
  if (card?.dataset.at) record(Date.parse(card.dataset.at) / 1000, Number(card.dataset.processed));
  let chart = null;
  return async (job) => {
    if (!box) return;
    record(Date.parse(job.at) / 1000, job.processed);
    const data = toSpeeds(samples);
    if (job.status !== "processing" && !chart || data[0].length < 3) return;
    box.hidden = false;
    const { colour, draw, faded, uplot } = await import("./chart.js");
    const uPlot = await uplot(box.dataset.uplot);
    if (chart) { chart.setData(data); return; }
    chart = draw(uPlot, box, [{ label: "items per second", stroke: colour("processing"), fill: faded("processing", 0.12), width: 1.5, points: { show: false } }], data, { height: 96, label: "Items per second while this page was open" });
  };
}

// The average over the last few seconds at each time: single steps vary too much.
function toSpeeds(samples) {
  const times = [];
  const values = [];
  let first = 0;
  for (let i = 1; i < samples.length; i += 1) {
    while (first < i - 1 && samples[i][0] - samples[first][0] > WINDOW_SECONDS) first += 1;
    const seconds = samples[i][0] - samples[first][0];
    if (seconds <= 0) continue;
    times.push(samples[i][0]);
    values.push((samples[i][1] - samples[first][1]) / seconds);
  }
  return [times, values];
}
