// The position of one household: a pin that can be moved, and what the providers found. The fields hold the position.
import { colour, loadScript } from "./chart.js";
import { background, INITIAL_BOUNDS } from "./map.js";

export async function start() {
  const box = document.querySelector("[data-pin]");
  const L = await loadScript(box.dataset.leaflet, "L");
  box.replaceChildren();
  const form = document.querySelector("[data-pin-form]");
  const fields = ["latitude", "longitude"].map((name) => form.querySelector(`[name=${name}]`));
  const map = L.map(box, { preferCanvas: true, minZoom: 2, maxZoom: 19 });
  background(L, map, box);
  const found = JSON.parse(box.dataset.candidates);
  const home = box.dataset.pin ? box.dataset.pin.split(",").map(Number) : null;
  const seen = [...(home ? [home] : []), ...found.map(([lat, lng]) => [lat, lng])];
  if (seen.length) map.fitBounds(seen, { padding: [30, 30], maxZoom: box.dataset.tiles ? 15 : 7, animate: false });
  else map.fitBounds(INITIAL_BOUNDS);
  for (const [lat, lng, provider] of found) {
    const text = document.createElement("span");
    text.textContent = provider;
    L.circleMarker([lat, lng], { radius: 5, color: colour("surface"), weight: 1, fillColor: colour("edge"), fillOpacity: 0.9 }).bindTooltip(text).addTo(map);
  }
  const icon = L.divIcon({ className: "pin", iconSize: [18, 18] });
  let pin = null;
  const put = (place) => {
    if (!pin) pin = L.marker(place, { icon, draggable: true, keyboard: false, alt: "Position of the household" }).addTo(map).on("dragend", () => write(pin.getLatLng()));
    pin.setLatLng(place);
  };
  const write = ({ lat, lng }) => {
    fields[0].value = lat.toFixed(6);
    fields[1].value = lng.toFixed(6);
    form.open = true;
  };
  if (home) put(home);
  map.on("click", ({ latlng }) => { put(latlng); write(latlng); });
  for (const field of fields) field.addEventListener("change", () => {
    const place = fields.map((one) => Number.parseFloat(one.value));
    if (place.every(Number.isFinite) && Math.abs(place[0]) <= 90) { put(place); map.panTo(place); }
  });
}
