// Show times in local time; the exact UTC stays in the title.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

export function format(at, now = new Date()) {
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return Math.abs(now - at) < 180 * 86400e3 ? day.format(at) : date.format(at);
}

export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.textContent = format(at);
  }
}
