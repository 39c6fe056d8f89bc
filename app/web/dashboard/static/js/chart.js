// uPlot charts in the colours of the page.
let loading = null;

export function loadScript(src, name) {
  if (window[name]) return Promise.resolve(window[name]);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => resolve(window[name]);
    script.onerror = reject;
    document.head.append(script);
  });
}

export function uplot(src) {
  loading ||= loadScript(src, "uPlot");
  return loading;
}

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

export function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function faded(name, alpha) {
  const [r, g, b] = colour(name).match(/[\d.]+/g);
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });

export function draw(uPlot, box, series, data, { height = 130, onCursor = () => {}, label = "" } = {}) {
  const span = data[0].at(-1) - data[0][0];
  const clock = (at) => (span > 90000 ? day : time).format(new Date(at * 1000));
  const axis = { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "11px Inter, system-ui, sans-serif" };
  const chart = new uPlot({
    width: box.clientWidth,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, space: 70, values: (_, marks) => marks.map(clock) },
      { ...axis, size: 44, space: 34, values: (_, marks) => marks.map((value) => short.format(value)) },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx == null ? "" : `${clock(data[0][u.cursor.idx])}  ${series.map((s, i) => (u.data[i + 1][u.cursor.idx] == null ? "" : `${s.label} ${short.format(u.data[i + 1][u.cursor.idx])}`)).filter(Boolean).join(", ")}`)] },
  }, data, box);
  const canvas = box.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height })).observe(box);
  return chart;
}
