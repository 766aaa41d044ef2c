// The few figures that say what broke, when, and whether users were hurt.

/** The first and the last time of buckets with something in them. */
function extent(counts, bucketSeconds, end) {
  const first = counts.findIndex((value) => value > 0);
  if (first < 0) return null;
  let last = counts.length - 1;
  while (counts[last] === 0) last--;
  return [first * bucketSeconds, Math.min(end, (last + 1) * bucketSeconds)];
}

function failedCounts(requests) {
  const all = Object.values(requests.failures);
  return requests.sent.map((_, index) => sum(all.map((counts) => counts[index])));
}

/** An answer that takes longer than this hurts, though nothing failed. */
const slowSeconds = 1;

function userFact(recording) {
  const totals = recording.services.map((service) => service.requests.total);
  const sent = sum(totals.map((total) => total.sent - total.open));
  const open = sum(totals.map((total) => total.open));
  const wrong = sum(totals.map((total) => total.wrong));
  const failed = sum(totals.flatMap((total) => Object.values(total.failures)));
  const waiting = open ? `; ${count(open)} still waited at the end` : "";
  if (sent + open === 0) return { what: "Users", figure: "no requests", more: "there was no traffic", kind: "" };
  if (failed + wrong === 0) {
    const slowest = Math.max(...totals.map((total) => total.latencySeconds.max ?? 0));
    if (slowest >= slowSeconds) {
      const worst = recording.services.map(({ requests }) => [Math.max(...requests.latencySeconds.max.map((value) => value ?? 0)), requests])
        .reduce((one, other) => (other[0] > one[0] ? other : one));
      const slow = worst[1].latencySeconds.max.map((value) => (value !== null && value >= slowSeconds ? 1 : 0));
      const range = extent(slow, worst[1].bucketSeconds, recording.endSeconds);
      return {
        what: "Users", figure: `waited up to ${spanText(slowest)}`, kind: "warn", range,
        more: `all ${plural(sent, "request")} answered, by the right model; some took longer than ${spanText(slowSeconds)} between ${timeText(range[0], 1)} and ${timeText(range[1], 1)}${waiting}`,
      };
    }
    return { what: "Users", figure: "not hurt", more: `all ${plural(sent, "request")} answered, by the right model${waiting}`, kind: "good" };
  }
  const spans = recording.services.flatMap(({ requests }) => {
    const hurt = failedCounts(requests).map((value, index) => value + requests.wrong[index]);
    return [extent(hurt, requests.bucketSeconds, recording.endSeconds)].filter(Boolean);
  });
  const from = Math.min(...spans.map(([start]) => start));
  const until = Math.max(...spans.map(([, stop]) => stop));
  const statuses = new Map();
  for (const total of totals) {
    for (const [status, number] of Object.entries(total.failures)) statuses.set(status, (statuses.get(status) ?? 0) + number);
  }
  const words = [...statuses].sort((one, other) => other[1] - one[1]).map(([status, number]) => `${count(number)} ${status}`);
  if (wrong) words.push(`${plural(wrong, "answer")} by a model that was not assigned`);
  return {
    what: "Users", figure: failed ? `${percent(failed, sent)} failed` : `${plural(wrong, "wrong answer")}`,
    more: `${count(failed + wrong)} of ${count(sent)} between ${timeText(from, 1)} and ${timeText(until, 1)}: ${words.join(", ")}${waiting}`,
    kind: "bad", range: [from, until],
  };
}

function latencyFact(recording) {
  const services = recording.services.filter((service) => service.requests.total.answered > 0);
  if (!services.length) return null;
  const worst = services.reduce((one, other) =>
    other.requests.total.latencySeconds.max > one.requests.total.latencySeconds.max ? other : one);
  const total = worst.requests.total.latencySeconds;
  const most = Math.max(...worst.requests.latencySeconds.max.map((value) => value ?? 0));
  const place = worst.requests.latencySeconds.max.indexOf(most);
  const from = place * worst.requests.bucketSeconds;
  return {
    what: services.length > 1 ? `Latency of ${worst.service}` : "Latency", figure: `p99 ${spanText(total["p99"])}`,
    more: `half within ${spanText(total.p50)}; the slowest ${spanText(most)}, at ${timeText(from, 1)}`, kind: most >= slowSeconds ? "warn" : "",
    range: [from, from + worst.requests.bucketSeconds],
  };
}

/** Times at which fewer pods were available than wanted, after the service was first up. */
function shortfalls(service, end) {
  const up = service.rollout.find(([, value]) => value === "complete")?.[0];
  if (up === undefined) return [];
  const times = [...new Set([up, ...service.available.map(([time]) => time), ...service.desired.map(([time]) => time)])]
    .filter((time) => time >= up && time < end).sort((one, other) => one - other);
  const result = [];
  times.forEach((from, index) => {
    const missing = (valueAt(service.desired, from) ?? 0) - (valueAt(service.available, from) ?? 0);
    const until = times[index + 1] ?? end;
    if (missing > 0 && until > from) result.push({ from, until, missing, available: valueAt(service.available, from) });
  });
  return result;
}

function capacityFact(recording) {
  const all = recording.services.map((service) => ({ service, gaps: shortfalls(service, recording.endSeconds) }));
  const worst = all.reduce((one, other) =>
    sum(other.gaps.map((gap) => gap.until - gap.from)) > sum(one.gaps.map((gap) => gap.until - gap.from)) ? other : one, all[0]);
  if (!worst) return null;
  if (!worst.gaps.length) {
    const service = worst.service;
    const isUp = service.rollout.some(([, value]) => value === "complete");
    return isUp
      ? { what: "Capacity", figure: "never short", more: `as many pods available as wanted, from ${timeText(service.rollout.find(([, value]) => value === "complete")[0], 1)} on`, kind: "good" }
      : { what: "Capacity", figure: "never up", more: `${service.service} was never complete`, kind: "bad" };
  }
  const time = sum(worst.gaps.map((gap) => gap.until - gap.from));
  const least = worst.gaps.reduce((one, other) => (other.available < one.available ? other : one));
  return {
    what: recording.services.length > 1 ? `Capacity of ${worst.service.service}` : "Capacity",
    figure: least.available === 0 ? "down" : `${spanText(time)} short`,
    more: `fewest ${least.available} of ${least.available + least.missing} wanted, at ${timeText(least.from, 1)}; fewer than wanted for ${spanText(time)} in all`,
    kind: least.available === 0 ? "bad" : "warn", range: [worst.gaps[0].from, worst.gaps.at(-1).until],
  };
}

/** The earliest trouble that anybody could have seen. */
function troubleFact(recording) {
  const found = [];
  for (const mark of recording.marks) {
    if (mark.kind === "fault") found.push([mark.fromSeconds, mark.label, "broken on purpose"]);
  }
  for (const pod of recording.pods) {
    const exit = pod.exits.find((exit) => exit.code !== 0 && exit.atSeconds < (pod.toldToStopSeconds ?? Infinity));
    if (exit) found.push([exit.atSeconds, `pod exited with ${exit.code}`, `${podShort(pod.name)}: ${exit.reason}${exit.message ? `, ${exit.message}` : ""}`]);
    const wait = pod.states.find(([, state, reason]) => state === "backOff" && reason !== "Error");
    if (wait) found.push([wait[0], wait[2], `pod ${podShort(pod.name)}`]);
    const stuck = pod.states.find(([, state, reason]) => state === "pending" && reason === "Unschedulable");
    if (stuck) found.push([stuck[0], "no machine for a pod", `${podShort(pod.name)}: Unschedulable`]);
  }
  for (const service of recording.services) {
    const stuck = service.rollout.find(([, value]) => value !== "complete" && value !== "progressing");
    if (stuck) found.push([stuck[0], "rollout stuck", `${service.service}: ${stuck[1]}`]);
    const failed = extent(failedCounts(service.requests), service.requests.bucketSeconds, recording.endSeconds);
    if (failed) found.push([failed[0], "requests failed", service.service]);
  }
  for (const node of recording.nodes) {
    const lost = node.ready.find(([time, value]) => time > 1 && value !== "True");
    if (lost) found.push([lost[0], `${node.name} not Ready`, lost[1] ?? "it is gone"]);
  }
  if (!found.length) return { what: "First trouble", figure: "none", more: "nothing was broken, no process ended by itself", kind: "good" };
  found.sort((one, other) => one[0] - other[0]);
  // Requests count when they were to be sent, which may be a moment before what they failed of.
  if (found[0][1] === "requests failed" && found.length > 1 && found[1][0] <= found[0][0] + 10) found.shift();
  const [time, words, more] = found[0];
  const before = recording.marks.filter((mark) => mark.kind === "action" && mark.name !== "deploy" && mark.fromSeconds <= time && mark.fromSeconds > time - 600).at(-1);
  const since = before && before.label !== words ? `, ${spanText(time - before.fromSeconds)} after “${before.label}”` : "";
  return { what: `First trouble, at ${timeText(time, 1)}`, figure: words, more: more + since, kind: "bad", range: [time, time] };
}

/** Troubles that last, as marks beside what was done and what was broken. */
function troublesOf(recording) {
  const marks = [];
  for (const service of recording.services) {
    for (const [from, until, value] of pieces(service.rollout, recording.endSeconds)) {
      if (value === "complete" || value === "progressing") continue;
      marks.push({ kind: "trouble", name: "", label: `rollout stuck: ${value}`, service: service.service, fromSeconds: from, untilSeconds: until });
    }
  }
  for (const node of recording.nodes) {
    for (const [from, until, value] of pieces(node.ready, recording.endSeconds)) {
      if (value === "True" || from < 1) continue;
      marks.push({ kind: "trouble", name: "", label: `${node.name} ${value === null ? "gone" : "NotReady"}`, fromSeconds: from, untilSeconds: until });
    }
  }
  return marks;
}

function factsOf(recording) {
  return [userFact(recording), troubleFact(recording), capacityFact(recording), latencyFact(recording)].filter(Boolean);
}
