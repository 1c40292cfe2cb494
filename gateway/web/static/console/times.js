// Write every <time data-show> in the viewer's zone; its title keeps UTC. What htmx brings later is written too.
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const ago = (at) => {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return relative.format(Math.round(seconds / size), unit);
};
const words = { day: (at) => day.format(at), time: (at) => full.format(at), ago };
const write = (time) => {
  const text = words[time.dataset.show]?.(new Date(time.dateTime));
  if (text && time.textContent !== text) time.textContent = text;
};
const writeAll = () => document.querySelectorAll("time[data-show]").forEach(write);
new MutationObserver(writeAll).observe(document.body, { childList: true, subtree: true, characterData: true });
setInterval(writeAll, 30000);
writeAll();
