// Points on a Leaflet map, on the configured tiles or, without tiles, on the outlines of countries and states.
import { colour, faded, loadScript } from "./chart.js";

export const INITIAL_BOUNDS = [[24, -125], [50, -66]];
const ACCURACY = ["rooftop", "interpolated", "street", "postcode", "place", "region"];
const SCALE = ["#0f766e", "#2f9e8f", "#3b82c4", "#8a6fc9", "#c77f2e", "#b4483f"];

export async function start() {
  for (const box of document.querySelectorAll("[data-map]")) open(box);
}

async function open(box) {
  const L = await loadScript(box.dataset.leaflet, "L");
  box.replaceChildren();
  const map = L.map(box, { preferCanvas: true, worldCopyJump: true, minZoom: 2, maxZoom: 19 });
  map.fitBounds(INITIAL_BOUNDS);
  L.control.scale({ imperial: false }).addTo(map);
  background(L, map, box);
  const view = { L, map, box, drawn: L.layerGroup().addTo(map), layer: box.dataset.layer, legend: null, timer: 0, request: null };
  await fit(view);
  map.on("moveend", () => scheduleDraw(view));
  scheduleDraw(view);
  document.querySelector("[data-layers]")?.addEventListener("change", async (event) => {
    view.layer = event.target.value;
    view.sorts = null;
    await fit(view);
    scheduleDraw(view);
  });
  document.addEventListener("theme", () => scheduleDraw(view));
}

// The configured tiles or, without tiles, outlines.
export function background(L, map, box) {
  map.attributionControl.setPrefix("Leaflet");
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: plain(box.dataset.attribution), maxZoom: 19 }).addTo(map);
  else outlines(L, map, box.dataset.atlas.split(" "));
}

// Leaflet shows attributions as HTML; ours are text.
function plain(text) {
  const span = document.createElement("span");
  span.textContent = text ?? "";
  return span.innerHTML;
}

// TopoJSON's arcs are all that lines need: each a run of small steps on a grid.
async function outlines(L, map, files) {
  map.createPane("outlines").style.zIndex = 250;
  const style = () => ({ pane: "outlines", color: colour("edge"), weight: 0.8, opacity: 0.55, interactive: false });
  const drawn = [];
  for (const file of files) {
    const atlas = await (await fetch(file)).json();
    const { scale, translate } = atlas.transform;
    const lines = atlas.arcs.map((arc) => {
      let x = 0;
      let y = 0;
      return arc.map(([dx, dy]) => { x += dx; y += dy; return [y * scale[1] + translate[1], x * scale[0] + translate[0]]; });
    });
    drawn.push(L.polyline(lines, { ...style(), smoothFactor: 1.5 }).addTo(map));
  }
  document.addEventListener("theme", () => drawn.forEach((line) => line.setStyle(style())));
}

function address(view, more) {
  const url = new URL("/map/places", location.href);
  url.searchParams.set("layer", view.layer);
  if (view.box.dataset.job) url.searchParams.set("job", view.box.dataset.job);
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url;
}

async function fit(view) {
  if (view.layer === "heat" && !view.box.dataset.job) return;
  const extent = await (await fetch(address(view, {}))).json();
  if (!extent.bbox) return;
  const [west, south, east, north] = extent.bbox;
  view.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 14, animate: false });
}

// Draw once for several calls in a row; a request for an earlier window is aborted.
function scheduleDraw(view) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    view.request?.abort();
    view.request = new AbortController();
    draw(view).catch((error) => { if (error.name !== "AbortError") throw error; });
  }, 30);
}

async function draw(view) {
  if (view.layer === "heat") { heat(view); return; }
  const bounds = view.map.getBounds().pad(0.02);
  const bbox = [Math.max(bounds.getWest(), -540), Math.max(bounds.getSouth(), -90), Math.min(bounds.getEast(), 540), Math.min(bounds.getNorth(), 90)];
  const response = await fetch(address(view, { bbox: bbox.map((n) => n.toFixed(6)).join(",") }), { signal: view.request.signal });
  if (!response.ok) return;
  const { features } = await response.json();
  view.drawn.clearLayers();
  for (const feature of features) mark(view, feature, tones(view, features));
  legend(view, features);
}

// Scores are image tiles that the server draws from its cells.
function heat(view) {
  if (view.drawn.getLayers().some((layer) => layer instanceof view.L.TileLayer)) return;
  view.legend?.remove();
  view.drawn.clearLayers();
  if (view.box.dataset.heatmap) view.drawn.addLayer(view.L.tileLayer(`${view.box.dataset.heatmap}/tiles/{z}/{x}/{y}.png`, { opacity: 0.7, maxZoom: 19, className: "heat" }));
}

function tones(view, features) {
  if (view.layer === "households" || view.layer === "rows") return new Map(ACCURACY.map((name, i) => [name, SCALE[i]]));
  view.sorts ??= new Map();
  for (const { properties: { sort } } of features) if (!view.sorts.has(sort)) view.sorts.set(sort, SCALE[view.sorts.size % SCALE.length]);
  return view.sorts;
}

function mark(view, { geometry, properties }, tone) {
  const [lng, lat] = geometry.coordinates;
  const many = properties.count ?? 1;
  const fill = tone.get(properties.sort) ?? colour("edge");
  const dot = view.L.circleMarker([lat, lng], {
    radius: properties.count ? Math.min(14, 3.5 + 1.4 * Math.log2(many)) : 5,
    color: colour("surface"), weight: 1, fillColor: fill, fillOpacity: properties.count ? 0.72 : 0.9,
  });
  const text = document.createElement("div");
  text.textContent = properties.count ? `${many.toLocaleString()} points, mostly ${properties.sort}` : `${properties.label} (${properties.sort})`;
  dot.bindPopup(text);
  if (properties.count) dot.on("click", () => view.map.setView([lat, lng], view.map.getZoom() + 2));
  view.drawn.addLayer(dot);
}

function legend(view, features) {
  view.legend?.remove();
  if (!features.length) return;
  const shown = new Set(features.map((feature) => feature.properties.sort));
  view.legend = view.L.control({ position: "topright" });
  view.legend.onAdd = () => {
    const list = document.createElement("div");
    list.className = "legend";
    for (const [name, tone] of [...tones(view, features)].filter(([name]) => shown.has(name)).slice(0, 12)) {
      const line = document.createElement("div");
      line.innerHTML = '<svg width="10" height="10" aria-hidden="true"><circle cx="5" cy="5" r="5"/></svg>';
      line.querySelector("circle").setAttribute("fill", tone);
      line.append(name ?? "unknown");
      list.append(line);
    }
    return list;
  };
  view.legend.addTo(view.map);
}
