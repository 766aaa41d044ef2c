// Pods on their machines. A lane is used again when the pod before is gone.
const podStates = {
  pending: ["pending", "--c-pale", ""],
  starting: ["starting", "--c-sky", ""],
  ready: ["ready", "--c-green", ""],
  notReady: ["not ready", "--c-orange", "hatch"],
  backOff: ["waiting to restart", "--c-vermillion", "hatch"],
  terminating: ["terminating", "--c-grey", "dots"],
  ended: ["ended", "--c-ink", ""],
};
const laneHeight = 15;

function podEnd(pod, end) { return pod.deletedSeconds ?? end; }

function ganttOf(recording, service) {
  const end = recording.endSeconds;
  const groups = new Map(recording.nodes.map((node) => [node.name, { name: node.name, lanes: [], node }]));
  const none = { name: "no machine", lanes: [] };
  recording.pods.forEach((pod, index) => {
    if (service && pod.service !== service) return;
    const group = pod.node === "" ? none : groups.get(pod.node) ?? none;
    let lane = group.lanes.find((lane) => lane.end <= pod.createdSeconds);
    if (!lane) group.lanes.push((lane = { pods: [], end: 0 }));
    lane.pods.push(index);
    lane.end = podEnd(pod, end);
  });
  const used = [none, ...groups.values()].filter((group) => group.lanes.length);
  const rows = [];
  let top = 0;
  for (const group of used) {
    rows.push({ group, top, height: 17 + group.lanes.length * laneHeight + 3 });
    top += 17 + group.lanes.length * laneHeight + 5;
  }
  return { rows, height: Math.max(30, top + 2) };
}

function podStateAt(pod, time, end) {
  if (time < pod.createdSeconds || time >= podEnd(pod, end)) return null;
  const index = place(pod.states, time);
  return index < 0 ? null : pod.states[index];
}

function podShort(name) { return name.split("-").slice(-2).join("-"); }

function podTitle(pod, state, reason, from, until) {
  const lines = [
    `${pod.name}`, `${podStates[state][0]}${reason ? ` (${reason})` : ""}: ${timeText(from)} to ${timeText(until)}, ${spanText(until - from)}`,
  ];
  if (pod.restarts) lines.push(`restarted ${plural(pod.restarts, "time")}`);
  if (pod.why) lines.push(`told to stop: ${pod.why}`);
  return lines.join("\n");
}
