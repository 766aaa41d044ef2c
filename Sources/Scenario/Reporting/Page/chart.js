// The chart: panels on one time axis, with zoom, cross-hair and links to moments.
const gutter = { left: 58, right: 14 };
const spanMin = 0.02;
/** Rows of marks with words; those that find no room stand below them, without. */
const labelRowsMax = 4;
/** A legend with more entries shows those that are there where one points. */
const legendMax = 12;

class Chart {
  constructor(recording, actions) {
    this.recording = recording;
    this.actions = actions;
    this.end = Math.max(recording.endSeconds, 0.001);
    this.view = [0, this.end];
    this.pinned = null;
    this.width = 900;
    this.below = element("div", { class: "overlay" });
    this.above = element("div", { class: "overlay above" });
    this.cross = element("div", { class: "cross", hidden: true });
    this.pin = element("div", { class: "pin", hidden: true });
    this.choice = element("div", { class: "choice", hidden: true });
    this.bubble = element("div", { class: "bubble", hidden: true });
    this.above.append(this.pin, this.cross, this.choice);
    this.top = element("div", { class: "top" });
    this.stack = element("div");
    this.node = element(
      "div",
      {
        class: "chart", tabindex: 0, role: "group",
        "aria-label": "Charts on one time axis. Arrow keys move the cross-hair, plus and minus zoom, 0 shows all.",
      },
      this.below, this.top, this.stack, this.above);
    this.listen();
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.node);
  }

  show(service) {
    this.service = service;
    this.panels = service ? panelsOf(this.recording, service) : [];
    this.gantt = ganttOf(this.recording, service?.service);
    this.marks = [...this.recording.marks, ...troublesOf(this.recording)]
      .filter((mark) => !mark.service || mark.service === service?.service)
      .sort((one, other) => one.fromSeconds - other.fromSeconds);
    this.build();
    this.draw();
  }

  // Building what stays while the view changes.

  build() {
    this.stack.replaceChildren();
    for (const panel of this.panels) {
      panel.readouts = new Map();
      const items = [...(panel.areas ?? panel.lines)].map((series) => {
        const value = element("b");
        panel.readouts.set(series.id, value);
        return element("li", {}, swatch(series), element("span", {}, series.name), value);
      });
      panel.isCrowded = items.length > legendMax;
      if (panel.isCrowded) items.push(element("li", {}, `${items.length} series: point at a moment to see which`));
      if (panel.rollout) items.push(element("li", {}, swatch({ colour: "--bad", pale: true }), element("span", {}, "fewer available than desired")));
      if (panel.wrong?.some((value) => value > 0)) items.push(element("li", {}, swatch({ colour: "--bad" }), element("span", {}, "by a model that was not assigned")));
      panel.svg = drawn("svg", { class: "plot", height: panel.height + 10, role: "img", "aria-label": `${panel.title} over time` });
      panel.node = element(
        "section", { class: "panel", id: `panel-${panel.id}` },
        element(
          "header", {}, element("h3", {}, panel.title + " ", element("span", {}, panel.unit)),
          element("ul", { class: "legend" }, items)),
        panel.svg);
      this.stack.append(panel.node);
    }
    this.ganttSVG = drawn("svg", { class: "plot", height: this.gantt.height, role: "img", "aria-label": "Pods by machine over time" });
    this.podNote = element("p", { class: "note", "aria-live": "polite" });
    this.stack.append(
      element(
        "section", { class: "panel", id: "panel-pods" },
        element(
          "header", {}, element("h3", {}, "Pods ", element("span", {}, "by machine")),
          element(
            "ul", { class: "legend" },
            Object.entries(podStates).filter(([state]) => this.recording.pods.some((pod) => pod.states.some((change) => change[1] === state)))
              .map(([, [name, colour, pattern]]) => element("li", {}, swatch({ colour, pattern, isBlock: true }), element("span", {}, name))),
            element("li", {}, exitSign(), element("span", {}, "process ended by itself")))),
        this.ganttSVG, this.podNote));
    this.bottom = drawn("svg", { class: "plot", height: 24, "aria-hidden": "true" });
    this.stack.append(element("div", { class: "panel" }, this.bottom));
  }

  measure() {
    const width = Math.max(320, this.node.clientWidth);
    if (width !== this.width) {
      this.width = width;
      this.draw();
    }
  }

  print(isOn) {
    this.node.style.width = isOn ? "1030px" : "";
    this.hovered = null;
    this.draw();
  }

  // Drawing a view.

  draw() {
    if (!this.stack.childElementCount) return;
    this.width = Math.max(320, this.node.clientWidth || this.width);
    const { width, view } = this;
    this.time = linear(view[0], view[1], gutter.left, width - gutter.right);
    this.ticks = timeTicks(view[0], view[1], Math.max(2, Math.floor((width - 80) / 92)));
    this.drawTop();
    for (const panel of this.panels) this.drawPanel(panel);
    this.drawPods();
    this.drawAxis(this.bottom, 15, false);
    this.drawOverlay();
    this.showPin();
    this.readAt(this.hovered ?? this.pinned);
    this.actions.viewChanged(this);
  }

  drawAxis(svg, y, isTop) {
    if (!isTop) {
      svg.setAttribute("viewBox", `0 0 ${this.width} 24`);
      svg.replaceChildren();
    }
    for (const tick of this.ticks.ticks) {
      const x = this.time.map(tick);
      const anchor = x < gutter.left + 20 ? "start" : x > this.width - 44 ? "end" : "middle";
      svg.append(drawn("text", { x: x.toFixed(2), y, "text-anchor": anchor }, timeText(tick, this.ticks.step)));
    }
  }

  drawTop() {
    const signs = this.placeMarks();
    const rows = 1 + signs.reduce((most, sign) => Math.max(most, sign.row), -1);
    const height = 22 + rows * 17;
    const svg = drawn("svg", {
      class: "plot", height, viewBox: `0 0 ${this.width} ${height}`, role: "group",
      "aria-label": "What was done and what broke",
    });
    this.drawAxis(svg, 14, true);
    for (const sign of signs) {
      const y = 22 + sign.row * 17;
      const group = drawn(
        "g",
        {
          class: `mark ${sign.mark.kind}`, tabindex: 0, role: "button",
          "aria-label": `${timeText(sign.mark.fromSeconds)} ${sign.mark.label}`,
          onclick: (event) => { event.stopPropagation(); this.goTo(sign.mark.fromSeconds); },
          onkeydown: (event) => { if (event.key === "Enter") this.goTo(sign.mark.fromSeconds); },
          onpointerdown: (event) => event.stopPropagation(),
        },
        drawn("title", {}, markTitle(sign.mark)), markSign(sign.mark.kind, sign.x, y + 7),
        sign.text ? drawn("text", { x: sign.textX, y: y + 11, "text-anchor": sign.anchor }, sign.text) : null);
      svg.append(group);
    }
    this.top.replaceChildren(svg, this.bubble);
  }

  /** Gives each mark in view a row where its words fit, as far as rows suffice. */
  placeMarks() {
    const rows = [];
    const signs = [];
    const phases = this.recording.phases.map((phase) => ({ kind: "phase", label: phase.name, fromSeconds: phase.fromSeconds }));
    for (const mark of [...phases, ...this.marks]) {
      const until = mark.untilSeconds ?? mark.fromSeconds;
      if (until < this.view[0] || mark.fromSeconds > this.view[1]) continue;
      const x = Math.max(gutter.left, this.time.map(mark.fromSeconds));
      const text = mark.kind === "check" ? `failed: ${mark.name}` : mark.label;
      const length = Math.min(text.length, 58) * 6.1 + 14;
      const turned = x + length > this.width - 4 && x - length > 0;
      const from = turned ? x - length : x - 6;
      const until2 = turned ? x + 6 : x + length;
      let row = rows.findIndex((taken) => taken.every(([a, b]) => until2 < a || from > b));
      if (row < 0 && rows.length < labelRowsMax) row = rows.push([]) - 1;
      if (row < 0) { signs.push({ mark, row: labelRowsMax, x, text: "" }); continue; }
      rows[row].push([from, until2]);
      const words = text.length > 58 ? text.slice(0, 57) + "…" : text;
      signs.push({ mark, row, x, text: words, textX: turned ? x - 9 : x + 9, anchor: turned ? "end" : "start" });
    }
    return signs;
  }

  drawOverlay() {
    const left = gutter.left;
    const width = this.width - gutter.left - gutter.right;
    for (const overlay of [this.below, this.above]) {
      overlay.style.left = `${left}px`;
      overlay.style.width = `${width}px`;
    }
    const parts = [];
    for (const phase of this.recording.phases) {
      if (phase.fromSeconds > 0) parts.push(this.part("band phase", phase.fromSeconds, phase.fromSeconds));
    }
    for (const mark of this.marks) {
      if (mark.untilSeconds !== undefined) parts.push(this.part(`band ${mark.kind}`, mark.fromSeconds, mark.untilSeconds));
      parts.push(this.part(`moment ${mark.kind}`, mark.fromSeconds, null));
    }
    this.below.replaceChildren(...parts.filter(Boolean));
    this.below.classList.toggle("many", this.below.childElementCount > 50);
  }

  part(name, from, until) {
    if ((until ?? from) < this.view[0] || from > this.view[1]) return null;
    const x = this.time.map(Math.max(from, this.view[0])) - gutter.left;
    const style = until === null ? `left:${x}px` : `left:${x}px;width:${Math.max(1, this.time.map(Math.min(until, this.view[1])) - gutter.left - x)}px`;
    return element("div", { class: name, style });
  }

  drawPanel(panel) {
    const { width } = this;
    const height = panel.height;
    const svg = panel.svg;
    svg.setAttribute("viewBox", `0 0 ${width} ${height + 10}`);
    svg.replaceChildren();
    if (panel.isLogarithmic) {
      panel.y = logarithmic(panel.low, panel.high, height, 8);
      for (let value = panel.low; value <= panel.high * 1.0001; value *= 10) {
        this.rule(svg, panel.y.map(value), spanText(value), value === panel.low);
      }
    } else {
      const ticks = countTicks(panel.high, height > 90 ? 4 : 3, panel.unit === "pods" ? 1 : 0);
      panel.y = linear(0, ticks.at(-1), height, 8);
      for (const tick of ticks) this.rule(svg, panel.y.map(tick), panel.value(tick), tick === 0);
    }
    const body = drawn("g");
    if (panel.shortfall) this.drawBetween(body, panel, ...panel.shortfall, "--bad");
    if (panel.above) this.drawBetween(body, panel, panel.above[1], panel.above[0], "--c-orange");
    if (panel.areas) this.drawAreas(body, panel);
    for (const line of panel.lines ?? []) this.drawLine(body, panel, line);
    if (panel.rollout) this.drawRollout(body, panel);
    if (panel.wrong) this.drawWrong(body, panel);
    const frame = drawn("svg", { x: gutter.left, y: 0, width: width - gutter.left - gutter.right, height: height + 10, viewBox: `${gutter.left} 0 ${width - gutter.left - gutter.right} ${height + 10}`, overflow: "hidden" }, body);
    svg.append(frame);
  }

  rule(svg, y, text, isBase) {
    svg.append(
      drawn("line", { class: isBase ? "base" : "grid", x1: gutter.left, x2: this.width - gutter.right, y1: y.toFixed(1), y2: y.toFixed(1) }),
      drawn("text", { x: gutter.left - 7, y: (y + 3.5).toFixed(1), "text-anchor": "end" }, text));
  }

  x(time) { return this.time.map(Math.min(Math.max(time, this.view[0] - 1), this.view[1] + 1)).toFixed(4); }

  /** What lies between a lower and a higher step series, where it is the higher one. */
  drawBetween(svg, panel, lower, higher, colour) {
    const times = [...new Set([...lower, ...higher].map(([time]) => time))].sort((a, b) => a - b);
    times.forEach((from, index) => {
      const until = times[index + 1] ?? panel.end;
      const low = valueAt(lower, from);
      const high = valueAt(higher, from);
      if (low === null || high === null || high <= low || until < this.view[0] || from > this.view[1]) return;
      svg.append(drawn("rect", {
        x: this.x(from), width: Math.max(0.5, this.x(until) - this.x(from)), y: panel.y.map(high), height: panel.y.map(low) - panel.y.map(high),
        fill: `var(${colour})`, "fill-opacity": 0.22,
      }));
    });
  }

  drawAreas(svg, panel) {
    const [low, high] = this.view;
    const layers = panel.bucket
      ? stackedRates(panel.areas.map((area) => area.counts), panel.bucket, panel.end, low, high)
      : stacked(panel.areas.map((area) => area.steps), panel.end, low, high);
    layers.forEach((layer, index) => {
      const area = panel.areas[index];
      if (!layer.length) return;
      const upper = layer.flatMap(([from, until, , top]) => [`${this.x(from)} ${panel.y.map(top).toFixed(4)}`, `${this.x(until)} ${panel.y.map(top).toFixed(4)}`]);
      const lower = layer.flatMap(([from, until, bottom]) => [`${this.x(from)} ${panel.y.map(bottom).toFixed(4)}`, `${this.x(until)} ${panel.y.map(bottom).toFixed(4)}`]);
      const path = drawn("path", {
        d: `M${upper.join("L")}L${lower.reverse().join("L")}Z`, fill: `var(${area.colour})`,
        "fill-opacity": area.pale ? 0.32 : 0.88,
      });
      path.plotted = { panel, series: area.id, kind: "area" };
      svg.append(path);
      if (area.hatched || area.pale) {
        svg.append(drawn("path", { d: path.getAttribute("d"), fill: "url(#hatch)", "fill-opacity": 0.5, "pointer-events": "none" }));
      }
    });
  }

  drawLine(svg, panel, line) {
    const [low, high] = this.view;
    let d = "";
    if (line.steps) {
      let joins = false;
      for (const [from, until, value] of pieces(line.steps, panel.end, low, high)) {
        if (value === null) { joins = false; continue; }
        const y = panel.y.map(value).toFixed(4);
        d += `${joins ? "L" : "M"}${this.x(from)} ${y}L${this.x(until)} ${y}`;
        joins = true;
      }
    } else {
      let joins = false;
      const first = Math.max(0, Math.floor(low / panel.bucket) - 1);
      for (let index = first; index < line.values.length && (index - 1) * panel.bucket <= high; index++) {
        const value = line.values[index];
        if (value === null) { joins = false; continue; }
        const middle = (index * panel.bucket + Math.min(panel.end, (index + 1) * panel.bucket)) / 2;
        const y = panel.y.map(value).toFixed(4);
        const x = this.time.map(middle).toFixed(4);
        const isAlone = !joins && (line.values[index + 1] ?? null) === null;
        d += joins ? `L${x} ${y}` : isAlone ? `M${x} ${y}h0` : `M${x} ${y}`;
        joins = true;
      }
    }
    const path = drawn("path", { class: `line ${line.style}`, d, stroke: `var(${line.colour})`, "stroke-linecap": line.steps ? "butt" : "round" });
    path.plotted = { panel, series: line.id, kind: line.steps ? "steps" : "points" };
    svg.append(path);
  }

  /** A ribbon below the replicas: nothing while complete, pale in progress, strong when stuck. */
  drawRollout(svg, panel) {
    const wanted = panel.shortfall[1].find(([, value]) => value > 0)?.[0] ?? panel.end;
    for (const [begin, until, value] of pieces(panel.rollout, panel.end, ...this.view)) {
      // Before there is a Deployment nothing is rolled out.
      const from = Math.max(begin, wanted);
      if (value === "complete" || until <= from) continue;
      const isStuck = value !== "progressing";
      const bar = drawn("rect", {
        x: this.x(from), width: Math.max(1, this.x(until) - this.x(from)), y: panel.height + 3, height: 6,
        fill: `var(${isStuck ? "--bad" : "--c-sky"})`, "fill-opacity": isStuck ? 1 : 0.75,
      }, drawn("title", {}, `rollout ${value}: ${timeText(from)} to ${timeText(until)}`));
      svg.append(bar);
      const width = this.x(until) - this.x(from);
      const words = isStuck ? "rollout stuck" : "rollout in progress";
      if (width > words.length * 5.4) {
        svg.append(drawn("text", { x: Math.max(+this.x(from), gutter.left) + 4, y: panel.height - 2, style: `fill:var(${isStuck ? "--bad" : "--soft"});font-weight:${isStuck ? 650 : 400};font-size:10.5px` }, words));
      }
    }
  }

  drawWrong(svg, panel) {
    for (const [from, until, value] of rates(panel.wrong, panel.bucket, panel.end, ...this.view)) {
      if (value === 0) continue;
      svg.append(drawn("rect", {
        x: this.x(from), width: Math.max(2, this.x(until) - this.x(from)), y: panel.height + 2, height: 7, fill: "var(--bad)",
      }, drawn("title", {}, `${short(value)}/s answers by a model that was not assigned`)));
    }
  }

  drawPods() {
    const { width } = this;
    const svg = this.ganttSVG;
    const end = this.end;
    svg.setAttribute("viewBox", `0 0 ${width} ${this.gantt.height}`);
    const inner = width - gutter.left - gutter.right;
    const body = drawn("svg", { x: gutter.left, y: 0, width: inner, height: this.gantt.height, viewBox: `${gutter.left} 0 ${inner} ${this.gantt.height}`, overflow: "hidden" });
    const names = drawn("g");
    for (const { group, top, height } of this.gantt.rows) {
      names.append(
        drawn("line", { class: "grid", x1: 0, x2: width, y1: top + height + 1, y2: top + height + 1 }),
        drawn("text", { class: "node", x: 2, y: top + 13 }, group.name));
      for (const [from, until, value] of group.node ? pieces(group.node.ready, end, ...this.view) : []) {
        if (value === "True" || value === null || from < 1) continue;
        body.append(drawn("rect", { x: this.x(from), width: Math.max(1, this.x(until) - this.x(from)), y: top + 1, height, fill: "var(--bad)", "fill-opacity": 0.16 }, drawn("title", {}, `${group.name} is not Ready (${value})`)));
      }
      group.lanes.forEach((lane, row) => {
        for (const index of lane.pods) this.drawPod(body, this.recording.pods[index], top + 18 + row * laneHeight);
      });
    }
    svg.replaceChildren(patterns(), names, body);
  }

  drawPod(svg, pod, y) {
    const until = podEnd(pod, this.end);
    if (until < this.view[0] || pod.createdSeconds > this.view[1]) return;
    const group = drawn("g", { class: "pod" });
    for (const [from, next, state] of pieces(pod.states, until, ...this.view)) {
      const reason = pod.states[place(pod.states, from)]?.[2] ?? "";
      const [, colour, pattern] = podStates[state];
      const shape = { x: this.x(from), width: Math.max(0.75, this.x(next) - this.x(from)).toFixed(4), y, height: laneHeight - 3 };
      const box = drawn("rect", { ...shape, fill: `var(${colour})` }, drawn("title", {}, podTitle(pod, state, reason, from, next)));
      box.plotted = { kind: "pod", pod: pod.name, state };
      group.append(box);
      if (pattern) group.append(drawn("rect", { ...shape, fill: `url(#${pattern})`, "pointer-events": "none" }));
    }
    const left = Math.max(this.time.map(pod.createdSeconds), gutter.left);
    const ready = pieces(pod.states, until, ...this.view).find(([from, next, state]) => state === "ready" && this.x(next) - Math.max(this.x(from), left) > 104);
    if (ready) {
      group.append(drawn("text", { class: "name", x: Math.max(+this.x(ready[0]), gutter.left) + 5, y: y + 9.5 }, podShort(pod.name)));
    }
    for (const exit of pod.exits) {
      if (exit.atSeconds >= (pod.toldToStopSeconds ?? Infinity) || exit.atSeconds < this.view[0] || exit.atSeconds > this.view[1]) continue;
      const words = `${podShort(pod.name)} exited with ${exit.code} (${exit.reason}${exit.message ? `: ${exit.message}` : ""}) at ${timeText(exit.atSeconds)}`;
      group.append(exitMark(+this.x(exit.atSeconds), y + (laneHeight - 3) / 2, words));
    }
    svg.append(group);
  }

  // Looking.

  /** Says in every legend what was at a time; null: nothing. */
  readAt(time) {
    this.cross.hidden = this.hovered === null || this.hovered === undefined;
    const shown = time ?? null;
    this.bubble.hidden = shown === null || shown < this.view[0] || shown > this.view[1];
    if (shown !== null) {
      const x = this.time.map(shown);
      this.cross.style.left = `${x - gutter.left}px`;
      this.bubble.style.left = `${Math.min(Math.max(x, 44), this.width - 44)}px`;
      this.bubble.textContent = timeText(shown, Math.min(1, (this.view[1] - this.view[0]) / this.width));
    }
    for (const panel of this.panels) {
      for (const series of panel.areas ?? panel.lines) {
        const value = shown === null ? undefined : this.valueOf(panel, series, shown);
        const readout = panel.readouts.get(series.id);
        readout.textContent = value === undefined ? "" : value === null ? "–" : panel.value(value);
        if (panel.isCrowded) readout.parentNode.hidden = !value;
      }
    }
    this.podNote.textContent = shown === null ? "" : this.podWords(shown);
    this.actions.looking(shown);
  }

  valueOf(panel, series, time) {
    if (series.steps) return valueAt(series.steps, time);
    const index = Math.min(Math.floor(time / panel.bucket), (series.counts ?? series.values).length - 1);
    if (series.values) return series.values[index];
    return series.counts[index] / Math.max(1e-9, Math.min(panel.bucket, panel.end - index * panel.bucket));
  }

  podWords(time) {
    const counts = new Map();
    for (const pod of this.recording.pods) {
      if (this.service && pod.service !== this.service.service) continue;
      const state = podStateAt(pod, time, this.end);
      if (state) {
        const words = podStates[state[1]][0] + (state[2] && state[1] === "backOff" ? ` (${state[2]})` : "");
        counts.set(words, (counts.get(words) ?? 0) + 1);
      }
    }
    if (!counts.size) return `${timeText(time)}: no pods`;
    return `${timeText(time)}: ${[...counts].map(([words, number]) => `${number} ${words}`).join(", ")}`;
  }

  showPin() {
    this.pin.hidden = this.pinned === null || this.pinned < this.view[0] || this.pinned > this.view[1];
    if (!this.pin.hidden) this.pin.style.left = `${this.time.map(this.pinned) - gutter.left - 1}px`;
  }

  // Moving.

  setView(low, high, isToldOf = true) {
    const span = Math.min(this.end, Math.max(spanMin, high - low));
    const from = Math.min(Math.max(0, low), this.end - span);
    this.view = [from, from + span];
    this.draw();
    if (isToldOf) this.actions.moved(this);
  }

  zoom(factor, around = (this.view[0] + this.view[1]) / 2) {
    const span = Math.min(this.end, Math.max(spanMin, (this.view[1] - this.view[0]) * factor));
    const share = (around - this.view[0]) / (this.view[1] - this.view[0]);
    this.setView(around - share * span, around + (1 - share) * span);
  }

  reset() { this.setView(0, this.end); }

  /** Pins a moment, and brings it into view, close enough to see what was around it. */
  goTo(time) {
    this.pinned = Math.min(Math.max(0, time), this.end);
    const closest = Math.max(60, this.end / 12);
    const span = Math.min(this.end, this.view[1] - this.view[0], closest);
    const [low, high] = this.view;
    if (high - low > closest || time < low || time > high) this.setView(time - span / 2, time + span / 2, false);
    else this.draw();
    this.hovered = null;
    this.readAt(this.pinned);
    this.actions.moved(this);
  }

  timeOf(event) {
    const x = event.clientX - this.node.getBoundingClientRect().left;
    return Math.min(Math.max(this.time.invert(x), this.view[0]), this.view[1]);
  }

  listen() {
    let start = null;
    this.node.addEventListener("pointermove", (event) => {
      this.hovered = this.timeOf(event);
      this.readAt(this.hovered);
      if (start === null) return;
      const [a, b] = [start.x, event.clientX].sort((one, other) => one - other);
      const left = this.node.getBoundingClientRect().left + gutter.left;
      this.choice.hidden = b - a < 4;
      this.choice.style.left = `${a - left}px`;
      this.choice.style.width = `${b - a}px`;
    });
    this.node.addEventListener("pointerleave", () => {
      if (start !== null) return;
      this.hovered = null;
      this.readAt(this.pinned);
    });
    this.node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      start = { x: event.clientX, time: this.timeOf(event) };
      this.node.setPointerCapture(event.pointerId);
    });
    this.node.addEventListener("pointerup", (event) => {
      if (start === null) return;
      const { x, time } = start;
      start = null;
      this.choice.hidden = true;
      const other = this.timeOf(event);
      if (Math.abs(event.clientX - x) >= 4) {
        this.setView(Math.min(time, other), Math.max(time, other));
      } else {
        this.pinned = other;
        this.showPin();
        this.readAt(other);
        this.actions.moved(this);
      }
    });
    this.node.addEventListener("pointercancel", () => { start = null; this.choice.hidden = true; });
    this.node.addEventListener("dblclick", () => { this.pinned = null; this.reset(); });
    // Over the panels a wheel alone scrolls the page, as readers expect; with a key, or on the time
    // axis, it zooms.
    this.node.addEventListener("wheel", (event) => {
      const isZoom = event.ctrlKey || event.metaKey || event.altKey || this.top.contains(event.target);
      const span = this.view[1] - this.view[0];
      if (isZoom) {
        event.preventDefault();
        this.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY * 0.0025))), this.timeOf(event));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        const step = ((event.deltaX || event.deltaY) / this.width) * span;
        this.setView(this.view[0] + step, this.view[1] + step);
      }
    }, { passive: false });
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.target !== this.node || event.ctrlKey || event.metaKey || event.altKey) return;
    const span = this.view[1] - this.view[0];
    const step = (event.shiftKey ? 10 : 1) * (span / 200);
    const from = this.pinned ?? (this.view[0] + this.view[1]) / 2;
    const look = (time) => {
      this.pinned = Math.min(Math.max(0, time), this.end);
      if (this.pinned < this.view[0] || this.pinned > this.view[1]) this.setView(this.pinned - span / 2, this.pinned + span / 2);
      this.hovered = null;
      this.showPin();
      this.readAt(this.pinned);
      this.actions.moved(this);
    };
    const keys = {
      ArrowLeft: () => look(from - step), ArrowRight: () => look(from + step),
      Home: () => look(0), End: () => look(this.end),
      "+": () => this.zoom(0.5, from), "=": () => this.zoom(0.5, from), "-": () => this.zoom(2, from),
      0: () => this.reset(), Escape: () => { this.pinned = null; this.reset(); },
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  }
}
