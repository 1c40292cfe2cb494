// A variant over time: units in the pool, the promise, its bands as ground, restocks and holds as marks.
const box = document.querySelector("[data-series]");
const HEIGHT = 260;
const probe = (name) => {
  const one = document.createElement("span");
  one.style.color = `var(${name})`;
  box.append(one);
  const { color } = getComputedStyle(one);
  one.remove();
  return color;
};
const colours = () => ({ ink: probe("--ink"), line: probe("--line"), units: probe("--total"), promise: probe("--promise"), out: probe("--bad"), low: probe("--loss"), mark: probe("--brand") });
const steps = uPlot.paths.stepped({ align: 1 });

// Where the band is out or low the ground says so; it lasts until the next decision.
const drawBands = (times, bands, shades) => (plot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.globalAlpha = 0.14;
  times.forEach((from, index) => {
    const shade = { 1: shades.out, 2: shades.low }[bands[index]];
    if (!shade || index === times.length - 1) return;
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(times[index + 1], "x", true));
    ctx.fillStyle = shade;
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  });
  ctx.restore();
};

const drawMarks = (marks, shades) => (plot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  marks.forEach(({ at, kind }) => {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.strokeStyle = kind === "hold" ? shades.out : shades.mark;
    ctx.setLineDash(kind === "hold" ? [6, 4] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  });
  ctx.restore();
};

let plot;
const draw = ({ times, pools, marks, now }) => {
  const pool = pools[box.dataset.pool];
  if (!pool) return;
  plot?.destroy();
  const shades = colours();
  const last = (list) => [...list, list.at(-1)];
  const [at, units, promised, band] = [[...times, now], last(pool.units), last(pool.promised), last(pool.band)];
  const shown = marks.filter((mark) => mark.kind !== "told" && (!mark.pool || mark.pool === box.dataset.pool));
  const axis = { stroke: shades.ink, grid: { stroke: shades.line, width: 1 }, ticks: { stroke: shades.line, width: 1 } };
  plot = new uPlot(
    {
      width: box.clientWidth - 24,
      height: HEIGHT,
      axes: [axis, { ...axis, size: 56 }],
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] } },
      series: [
        {},
        { label: "In the pool", stroke: shades.units, width: 2, paths: steps, points: { show: false } },
        { label: "May be promised", stroke: shades.promise, width: 2, paths: steps, points: { show: false } },
      ],
      hooks: { drawClear: [drawBands(at, band, shades)], draw: [drawMarks(shown, shades)] },
    },
    [at, units, promised],
    box,
  );
};

if (box) {
  const answer = await fetch(box.dataset.series, { headers: { Accept: "application/json" } });
  if (answer.ok) {
    const series = await answer.json();
    draw(series);
    new ResizeObserver(() => plot?.setSize({ width: box.clientWidth - 24, height: HEIGHT })).observe(box);
    new MutationObserver(() => draw(series)).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  } else {
    box.textContent = "The chart cannot be drawn now; the table below says the same.";
  }
}
