// Scales between values and pixels, and where their ticks stand.
function linear(low, high, from, to) {
  const factor = (to - from) / (high - low);
  return {
    low, high,
    map: (value) => from + (value - low) * factor,
    invert: (pixel) => low + (pixel - from) / factor,
  };
}

function logarithmic(low, high, from, to) {
  const inner = linear(Math.log10(low), Math.log10(high), from, to);
  return {
    low, high,
    map: (value) => inner.map(Math.log10(Math.max(value, low / 10))),
    invert: (pixel) => 10 ** inner.invert(pixel),
  };
}

/** Round values from 0 to at least `high`, whole ones if `least` is 1. */
function countTicks(high, most, least = 0) {
  let step = Math.max(least, 10 ** Math.floor(Math.log10(Math.max(high, 1e-6) / most)));
  for (const factor of [1, 2, 5, 10]) {
    if (high / (step * factor) <= most) { step *= factor; break; }
  }
  const ticks = [];
  for (let index = 0; index <= Math.ceil(high / step - 1e-9); index++) ticks.push(index * step);
  return ticks;
}

const timeSteps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
  1800, 3600, 7200, 14400, 21600, 43200, 86400,
];

function timeTicks(low, high, most) {
  const step = timeSteps.find((step) => (high - low) / step <= most) ?? timeSteps.at(-1);
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + 1e-9; index++) {
    ticks.push(index * step);
  }
  return { step, ticks };
}
