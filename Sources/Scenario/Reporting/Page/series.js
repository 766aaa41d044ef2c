// Series of a recording: steps are lists of [seconds, value], buckets are lists of counts.

/** The place of the last point at or before a time, -1 if there is none. */
function place(points, time) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function valueAt(points, time) {
  const index = place(points, time);
  return index < 0 ? null : points[index][1];
}

/** Steps with an end: [from, until, value], as far as they lie in a view. */
function pieces(points, end, low = -Infinity, high = Infinity) {
  const result = [];
  for (let index = Math.max(0, place(points, low)); index < points.length; index++) {
    const [from, value] = points[index];
    if (from > high) break;
    const until = index + 1 < points.length ? points[index + 1][0] : end;
    if (until >= low) result.push([from, until, value]);
  }
  return result;
}

/** Buckets as [from, until, count a second]; the last one may be shorter than the others. */
function rates(counts, bucketSeconds, end, low = -Infinity, high = Infinity) {
  const result = [];
  const first = Math.max(0, Math.floor(low / bucketSeconds) || 0);
  for (let index = first; index < counts.length; index++) {
    const from = index * bucketSeconds;
    if (from > high) break;
    const until = Math.min(end, from + bucketSeconds);
    if (until > from) result.push([from, until, counts[index] / (until - from)]);
  }
  return result;
}

/** Step series on top of each other: for each the pieces [from, until, bottom, top]. */
function stacked(all, end, low, high) {
  const times = new Set([Math.max(0, low), Math.min(end, high)]);
  for (const points of all) for (const [time] of points) if (time > low && time < high) times.add(time);
  const edges = [...times].sort((one, other) => one - other);
  const bottoms = new Array(Math.max(0, edges.length - 1)).fill(0);
  return all.map((points) =>
    bottoms.map((bottom, index) => {
      const top = bottom + (valueAt(points, edges[index]) ?? 0);
      bottoms[index] = top;
      return [edges[index], edges[index + 1], bottom, top];
    }));
}

/** Bucket series on top of each other. */
function stackedRates(all, bucketSeconds, end, low, high) {
  const bottoms = new Map();
  return all.map((counts) =>
    rates(counts, bucketSeconds, end, low, high).map(([from, until, value]) => {
      const bottom = bottoms.get(from) ?? 0;
      bottoms.set(from, bottom + value);
      return [from, until, bottom, bottom + value];
    }));
}

const highest = (points) => points.reduce((most, [, value]) => Math.max(most, value ?? 0), 0);

/** Adds two step series. */
function difference(one, other) {
  const times = [...new Set([...one, ...other].map(([time]) => time))].sort((a, b) => a - b);
  return times.map((time) => [
    time, Math.max(0, (valueAt(one, time) ?? 0) - (valueAt(other, time) ?? 0)),
  ]);
}
