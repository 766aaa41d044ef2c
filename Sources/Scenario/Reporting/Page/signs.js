// Small drawings: signs of marks, swatches of legends, patterns.
function markSign(kind, x, y) {
  const shapes = {
    action: `M${x - 5} ${y - 5}h10l-5 9z`,
    fault: `M${x} ${y - 6}l5.5 10h-11z`,
    check: `M${x - 5} ${y - 3.2}l1.8 -1.8l3.2 3.2l3.2 -3.2l1.8 1.8l-3.2 3.2l3.2 3.2l-1.8 1.8l-3.2 -3.2l-3.2 3.2l-1.8 -1.8l3.2 -3.2z`,
    trouble: `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
    phase: `M${x - 4} ${y - 5}h1.5v10h-1.5zM${x - 2} ${y - 5}h6l-2 3l2 3h-6z`,
  };
  return drawn("path", { class: "sign", d: shapes[kind] });
}

function markTitle(mark) {
  const kinds = { action: "done", fault: "broken", check: "check failed", trouble: "trouble", phase: "phase" };
  const span = mark.untilSeconds === undefined
    ? timeText(mark.fromSeconds)
    : `${timeText(mark.fromSeconds)} to ${timeText(mark.untilSeconds)}, ${spanText(mark.untilSeconds - mark.fromSeconds)}`;
  return `${kinds[mark.kind]}: ${mark.label}\n${span}${mark.name && mark.kind !== "check" ? `\n“${mark.name}”` : ""}`;
}

function exitMark(x, y, words) {
  return drawn(
    "path",
    {
      d: `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`, stroke: "var(--ink)", "stroke-width": 1.8, fill: "none",
      "stroke-linecap": "round",
    },
    words ? drawn("title", {}, words) : null);
}

function exitSign() {
  return drawn("svg", { width: 12, height: 12, "aria-hidden": "true" }, exitMark(6, 6));
}

function swatch(series) {
  const svg = drawn("svg", { width: 16, height: 10, "aria-hidden": "true" });
  if (series.style !== undefined) {
    svg.append(drawn("line", { class: `line ${series.style}`, x1: 0, x2: 16, y1: 5, y2: 5, stroke: `var(${series.colour})` }));
    return svg;
  }
  svg.append(drawn("rect", { width: 16, height: 10, rx: 1, fill: `var(${series.colour})`, "fill-opacity": series.pale ? 0.32 : 1 }));
  const pattern = series.pattern || (series.hatched || (series.pale && series.steps) ? "hatch" : "");
  if (pattern) svg.append(drawn("rect", { width: 16, height: 10, fill: `url(#${pattern})`, "fill-opacity": series.isBlock ? 1 : 0.5 }));
  return svg;
}

/** Patterns tell apart what colours alone may not. */
function patterns() {
  return drawn(
    "defs", {},
    drawn(
      "pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      drawn("line", { x1: 0, y1: 0, x2: 0, y2: 5, stroke: "var(--paper)", "stroke-width": 2.6, "stroke-opacity": 0.75 })),
    drawn(
      "pattern", { id: "dots", width: 4, height: 4, patternUnits: "userSpaceOnUse" },
      drawn("circle", { cx: 2, cy: 2, r: 1.1, fill: "var(--paper)", "fill-opacity": 0.9 })));
}
