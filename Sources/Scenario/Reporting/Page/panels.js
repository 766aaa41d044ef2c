// What each panel shows of a service.
const statusColours = {
  UNAVAILABLE: "--c-vermillion", DEADLINE_EXCEEDED: "--c-purple", RESOURCE_EXHAUSTED: "--c-orange",
  INTERNAL: "--c-ink", CANCELLED: "--c-grey", UNKNOWN: "--c-yellow",
};
const otherColours = ["--c-yellow", "--c-orange", "--c-ink", "--c-purple", "--c-grey"];
const modelColours = ["--c-blue", "--c-orange", "--c-green", "--c-purple", "--c-sky", "--c-yellow", "--c-ink"];
const revisionColours = ["--c-sky", "--c-orange", "--c-green", "--c-purple", "--c-blue", "--c-yellow"];

const statusColour = (status, index) => statusColours[status] ?? otherColours[index % otherColours.length];

function panelsOf(recording, service) {
  const end = recording.endSeconds;
  const requests = service.requests;
  const bucket = requests.bucketSeconds;
  const statuses = Object.keys(requests.failures);
  const models = Object.keys(requests.answers);
  const panels = [replicaPanel(service, end), revisionPanel(service, end)];
  if (requests.total.sent > 0) {
    const answered = { id: "answered", name: "answered", colour: "--c-blue", counts: requests.answered };
    const failures = statuses.map((status, index) => ({
      id: status, name: status, colour: statusColour(status, index), counts: requests.failures[status],
      hatched: index % 2 === 1,
    }));
    panels.push(ratePanel("requests", "Requests", [answered, ...failures], bucket, end,
      "by the time at which they were to be sent"));
    if (statuses.length) {
      panels.push(ratePanel("failures", "Failures", failures, bucket, end, "by gRPC status"));
    }
    panels.push(latencyPanel(requests, end));
  }
  panels.push(cpuPanel(service, end));
  if (models.length) {
    const answers = models.map((model, index) => ({
      id: model, name: model, colour: modelColours[index % modelColours.length],
      counts: requests.answers[model], hatched: index % 2 === 1,
    }));
    const panel = ratePanel("models", "Which model answered", answers, bucket, end, "");
    panel.wrong = requests.wrong;
    panel.assigned = service.assignedModel;
    panels.push(panel);
  }
  return panels;
}

function replicaPanel(service, end) {
  const lines = [
    ["replicas", "current", "--c-grey", "thin"], ["ready", "ready", "--c-sky", ""],
    ["available", "available", "--c-green", "thick"], ["desired", "desired", "--c-ink", "dashed"],
  ].map(([id, name, colour, style]) => ({ id, name, colour, style, steps: service[id] }));
  return {
    id: "replicas", title: "Replicas", unit: "pods", height: 104, end, lines,
    high: Math.max(1, ...lines.map((line) => highest(line.steps))),
    shortfall: [service.available, service.desired], rollout: service.rollout,
    value: (value) => count(value),
  };
}

function revisionPanel(service, end) {
  const areas = service.revisions.flatMap((revision, index) => {
    const colour = revisionColours[index % revisionColours.length];
    const name = revision.revision === null ? revision.hash : `revision ${revision.revision}`;
    return [
      { id: `${revision.hash} ready`, name: `${name} ready`, colour, steps: revision.ready },
      {
        id: `${revision.hash} not ready`, name: "not ready", colour, pale: true,
        steps: difference(revision.pods, revision.ready),
      },
    ];
  });
  return {
    id: "revisions", title: "Pods by revision", unit: "pods", height: 78, end, areas,
    high: Math.max(1, highestSum(areas)), value: (value) => count(value),
  };
}

function highestSum(areas) {
  const times = new Set(areas.flatMap((area) => area.steps.map(([time]) => time)));
  let most = 0;
  for (const time of times) most = Math.max(most, sum(areas.map((area) => valueAt(area.steps, time) ?? 0)));
  return most;
}

function ratePanel(id, title, areas, bucket, end, note) {
  const height = id === "requests" ? 92 : 64;
  let high = 0;
  const length = areas[0].counts.length;
  for (let index = 0; index < length; index++) {
    const span = Math.min(bucket, end - index * bucket);
    if (span > 0) high = Math.max(high, sum(areas.map((area) => area.counts[index])) / span);
  }
  return {
    id, title, unit: "a second", note, height, end, bucket, areas, high: high || 1,
    value: (value) => `${short(value)}/s`,
  };
}

function latencyPanel(requests, end) {
  const styles = [
    ["max", "--c-grey", "thin"], ["p99.9", "--c-purple", "thin"], ["p99", "--c-vermillion", "thick"],
    ["p90", "--c-orange", ""], ["p50", "--c-blue", ""],
  ];
  const lines = styles.map(([id, colour, style]) => ({
    id, name: id, colour, style, values: requests.latencySeconds[id],
  }));
  const seen = lines.flatMap((line) => line.values).filter((value) => value !== null && value > 0);
  const low = Math.min(0.001, ...(seen.length ? [seen.reduce((a, b) => Math.min(a, b))] : []));
  const high = seen.length ? seen.reduce((a, b) => Math.max(a, b)) : 1;
  return {
    id: "latency", title: "Latency", unit: "from the intended send time, log scale", height: 118, end,
    bucket: requests.bucketSeconds, lines, isLogarithmic: true,
    low: 10 ** Math.floor(Math.log10(low) + 1e-9), high: 10 ** Math.ceil(Math.log10(high) + 0.05),
    value: spanText,
  };
}

function cpuPanel(service, end) {
  const lines = [
    { id: "utilisation", name: "utilisation", colour: "--c-blue", style: "", steps: service.utilisationPercent },
    { id: "threshold", name: "threshold", colour: "--c-vermillion", style: "dashed", steps: service.thresholdPercent },
  ];
  return {
    id: "cpu", title: "CPU", unit: "% of the request, as the autoscaler sees it", height: 72, end, lines,
    high: Math.max(10, ...lines.map((line) => highest(line.steps))),
    above: [service.utilisationPercent, service.thresholdPercent], value: (value) => `${count(value)}%`,
  };
}
