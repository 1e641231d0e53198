// Cost against size as a picture: both axes in decades, the measured points, and a line on which cost grows as size does.

const [WIDTH, HEIGHT] = [640, 400];
const PLOT = { left: 64, right: 620, top: 20, bottom: 340 };
// Greys and a blue that can be read on white and on black.
const [LINE, TEXT, POINT] = ["#8888", "#808080", "#3b82f6"];

/** The whole powers of ten around some values. */
export function decades(values) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1);
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** The slope in logarithms over the last decade of sizes, by least squares: 1 where cost grows as size does. */
export function lastDecadeSlope(points) {
  const last = points.filter(([x]) => x >= points.at(-1)[0] / 10).map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(last.map(([x]) => x)), mean(last.map(([, y]) => y))];
  return last.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / last.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

const power = (exponent) => {
  const value = 10 ** exponent;
  if (value >= 1e6) return `${value / 1e6} M`;
  if (value >= 1e3) return `${value / 1e3} k`;
  return String(Number(value.toPrecision(1)));
};

/** An SVG of `points`, `[multiply-accumulates, microseconds]`. */
export function costAgainstSize(points, caption) {
  const [xs, ys] = [decades(points.map(([x]) => x)), decades(points.map(([, y]) => y))];
  const place = (value, ticks, from, to) => from + ((Math.log10(value) - ticks[0]) / (ticks.at(-1) - ticks[0])) * (to - from);
  const x = (value) => place(value, xs, PLOT.left, PLOT.right).toFixed(1);
  const y = (value) => place(value, ys, PLOT.bottom, PLOT.top).toFixed(1);
  const [macs, cost] = points.at(-1);
  const perMac = cost / macs;
  // Where the line of slope 1 through the largest network enters the frame.
  const start = Math.max(10 ** xs[0], 10 ** ys[0] / perMac);
  const end = Math.min(10 ** xs.at(-1), 10 ** ys.at(-1) / perMac);
  const label = (at, anchor, text) => `<text stroke="none" ${at} text-anchor="${anchor}">${text}</text>`;
  const grid = [
    ...xs.map((e) => {
      const at = x(10 ** e);
      return `<path d="M${at} ${PLOT.top}V${PLOT.bottom}"/>${label(`x="${at}" y="${PLOT.bottom + 18}"`, "middle", power(e))}`;
    }),
    ...ys.map((e) => {
      const at = y(10 ** e);
      return `<path d="M${PLOT.left} ${at}H${PLOT.right}"/>${label(`x="${PLOT.left - 8}" y="${Number(at) + 4}"`, "end", power(e))}`;
    }),
  ];
  const dot = ([macs, us]) =>
    `<circle cx="${x(macs)}" cy="${y(us)}" r="4"><title>${macs} multiply-accumulates: ${us.toPrecision(3)} µs</title></circle>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">
  <title>Microseconds a sample against multiply-accumulates a sample</title>
  <g fill="${TEXT}" stroke="none">
    <g stroke="${LINE}" stroke-width="0.5">${grid.join("")}</g>
    <text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 38}" text-anchor="middle">multiply-accumulates a sample</text>
    <text transform="translate(16 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">microseconds a sample</text>
    <text x="${PLOT.left}" y="${HEIGHT - 4}" font-size="10">${caption}</text>
  </g>
  <path d="M${x(start)} ${y(start * perMac)}L${x(end)} ${y(end * perMac)}" stroke="${TEXT}" stroke-dasharray="4 4" fill="none"/>
  <g fill="${POINT}">${points.map(dot).join("")}</g>
</svg>
`;
}
