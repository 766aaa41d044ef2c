// The page: which run, which service, which moment; all of it in the address, so that it can be sent on.
const pages = JSON.parse(document.getElementById("runs").textContent);
const report = document.getElementById("report");
const state = { run: -1, service: null, chart: null };

/** Without an address the first run that failed is shown. */
const firstRun = Math.max(0, pages.findIndex((page) => page.run.verdict !== "passed"));

function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const times = (parts.get("t") ?? "").split("-").map(Number).filter((time) => Number.isFinite(time));
  const run = parts.has("run") ? Number(parts.get("run")) - 1 : firstRun;
  return { run: pages[run] ? run : firstRun, service: parts.get("service"), times: parts.has("t") && parts.get("t") !== "" ? times : [] };
}

function writeAddress(chart) {
  const parts = [];
  if (pages.length > 1) parts.push(`run=${state.run + 1}`);
  if (state.hasChoice && state.service) parts.push(`service=${encodeURIComponent(state.service.service)}`);
  const seconds = (time) => String(Math.round(time * 1e6) / 1e6);
  const isWhole = chart.view[0] <= 0 && chart.view[1] >= chart.end;
  if (chart.pinned !== null) parts.push(`t=${seconds(chart.pinned)}`);
  else if (!isWhole) parts.push(`t=${seconds(chart.view[0])}-${seconds(chart.view[1])}`);
  const address = parts.length ? `#${parts.join("&")}` : location.pathname.split("/").pop() || "#";
  if (parts.length || location.hash) history.replaceState(null, "", parts.length ? address : location.href.split("#")[0]);
}

function followAddress() {
  const wanted = readAddress();
  if (wanted.run !== state.run) show(wanted.run);
  if (!state.chart) return;
  const service = pages[state.run].run.recording.services.find((service) => service.service === wanted.service);
  if (service && service !== state.service) choose(service);
  if (wanted.times.length === 1) state.chart.goTo(wanted.times[0]);
  if (wanted.times.length === 2 && wanted.times[1] > wanted.times[0]) {
    state.chart.pinned = null;
    state.chart.setView(wanted.times[0], wanted.times[1]);
  }
}

function copyButton(text) {
  const button = element("button", { class: "link", type: "button" }, "copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "select it and press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  });
  return button;
}

function headSection(page) {
  const run = page.run;
  const holds = run.verdict === "passed";
  const facts = run.recording ? factsOf(run.recording) : [];
  const identity = (name, value, isCopied) =>
    element("div", {}, element("span", {}, name), element("span", { class: "mono" }, value), isCopied ? copyButton(value) : null);
  return element(
    "div", {},
    element(
      "div", { class: "head" },
      element("div", { class: `verdict ${holds ? "good" : "bad"}` }, holds ? "✓ passed" : "✕ FAILED"),
      element("h1", {}, run.scenario),
      element("p", { class: "moral" }, page.moral)),
    element("div", { class: "facts" }, facts.map((fact) => factCard(fact))),
    element(
      "div", { class: "identity" }, identity("seed", String(run.seed)), identity("digest", run.digest, true), identity("again", page.again, true),
      identity("lasted", timeText(run.virtualSeconds, 1))),
    leftOutNote(run.recording));
}

function factCard(fact) {
  const parts = [
    element("span", { class: "what" }, fact.what), element("span", { class: "figure" }, fact.figure), element("span", { class: "more" }, fact.more),
  ];
  if (!fact.range) return element("div", { class: `fact ${fact.kind}` }, parts);
  const [from, until] = fact.range;
  return element("button", {
    class: `fact ${fact.kind}`, type: "button",
    onclick: () => {
      const chart = state.chart;
      const margin = Math.max((until - from) * 0.15, Math.min(30, chart.end / 60));
      if (until - from < 2 * margin) return chart.goTo(from);
      chart.pinned = null;
      chart.setView(from - margin, until + margin);
    },
  }, parts);
}

function leftOutNote(recording) {
  if (!recording) return element("p", { class: "left-out" }, "This run is in the table only: the report had no room for its recording. The line above runs it again, with --report for a page of its own.");
  const { changes, pods, storyLines, marks } = recording.leftOut;
  const parts = [
    changes && plural(changes, "change of values", "changes of values"), pods && `changes of ${plural(pods, "pod")}`,
    storyLines && plural(storyLines, "line of the story", "lines of the story"), marks && plural(marks, "mark"),
  ].filter(Boolean);
  return parts.length ? element("p", { class: "left-out" }, `Left out, because there was more than a report holds: ${parts.join(", ")}.`) : null;
}

function runsSection() {
  if (pages.length < 2) return null;
  const names = [...new Set(pages.flatMap((page) => Object.keys(page.run.parameters ?? {})))];
  const headings = [...new Set(pages.flatMap((page) => page.columns.map(([heading]) => heading)))];
  const hasScenarios = new Set(pages.map((page) => page.run.file)).size > 1;
  const head = ["", ...(hasScenarios ? ["scenario"] : []), ...names, "seed", "verdict", ...headings, "requests", "failed"];
  const rows = pages.map((page, index) => {
    const run = page.run;
    const columns = new Map(page.columns);
    const failed = run.requests - run.answered;
    const cells = [
      element("a", { class: "link", href: `#run=${index + 1}`, onclick: (event) => { event.preventDefault(); event.stopPropagation(); show(index); } }, `run ${index + 1}`),
      ...(hasScenarios ? [run.scenario] : []), ...names.map((name) => run.parameters?.[name] ?? ""), String(run.seed),
      element("span", { class: `word ${run.verdict === "passed" ? "good" : "bad"}` }, run.verdict === "passed" ? "✓ passed" : "✕ FAILED"),
      ...headings.map((heading) => columns.get(heading) ?? ""), count(run.requests),
      failed ? `${count(failed)} (${percent(failed, run.requests)})` : "0",
    ];
    return element("tr", { onclick: () => show(index), "aria-current": index === state.run ? "true" : null }, cells.map((cell) => element("td", {}, cell)));
  });
  const bad = pages.filter((page) => page.run.verdict !== "passed").length;
  return element(
    "section", {}, element("h2", {}, plural(pages.length, "run"), element("span", { class: "soft" }, bad ? `${count(bad)} failed` : "all passed")),
    element("div", { class: "runs" }, element("table", {}, element("thead", {}, element("tr", {}, head.map((text) => element("th", { scope: "col" }, text)))), element("tbody", {}, rows))));
}

function choose(service) {
  state.service = service;
  state.chart.show(service);
  const picker = document.getElementById("service");
  if (picker) picker.value = service.service;
}

function barSection(recording, span) {
  const picker = recording.services.length > 1
    ? element(
      "label", {}, element("span", { class: "soft" }, "service "),
      element(
        "select", { id: "service", onchange: (event) => { choose(recording.services.find((service) => service.service === event.target.value)); writeAddress(state.chart); } },
        recording.services.map((service) => element("option", { value: service.service }, service.service))))
    : element("span", { class: "soft" }, recording.services[0]?.service ?? "no service");
  const button = (text, label, action) => element("button", { type: "button", title: label, "aria-label": label, onclick: action }, text);
  return element(
    "div", { class: "bar" }, picker, element("span", { class: "grow" }), span, button("−", "zoom out", () => state.chart.zoom(2)),
    button("+", "zoom in", () => state.chart.zoom(0.5)), button("all", "show the whole run", () => { state.chart.pinned = null; state.chart.reset(); }));
}

function show(index) {
  state.run = index;
  state.chart?.observer.disconnect();
  state.chart = null;
  const page = pages[index];
  const recording = page.run.recording;
  document.title = `${page.run.verdict === "passed" ? "✓" : "✕"} ${page.run.scenario}, seed ${page.run.seed}`;
  if (!recording) {
    report.replaceChildren(...[runsSection(), headSection(page), checksSection(page, page.run, () => {})].filter(Boolean));
    return;
  }
  const goTo = (time) => state.chart.goTo(time);
  const story = storySection(recording.story, recording.leftOut.storyLines, goTo);
  const span = element("span", { class: "span" });
  state.hasChoice = recording.services.length > 1;
  state.chart = new Chart(recording, {
    moved: (chart) => { writeAddress(chart); story.mark(chart.pinned, true); },
    looking: (time) => { if (time !== null) story.mark(time, false); },
    viewChanged: (chart) => {
      const step = Math.min(1, (chart.view[1] - chart.view[0]) / 400);
      span.textContent = `${timeText(chart.view[0], step)} – ${timeText(chart.view[1], step)}  (${spanText(chart.view[1] - chart.view[0])})`;
    },
  });
  report.replaceChildren(...[
    runsSection(), headSection(page),
    element(
      "div", { class: "body" },
      element(
        "section", {}, barSection(recording, span), state.chart.node,
        element(
          "p", { class: "help" }, "Drag to zoom, double-click for all, click to pin a moment. ", element("kbd", {}, "Ctrl"), " + wheel, or the wheel over the time axis, zooms; ",
          element("kbd", {}, "Shift"), " + wheel moves. With the keyboard: ", element("kbd", {}, "←"), " ", element("kbd", {}, "→"), " ", element("kbd", {}, "+"), " ",
          element("kbd", {}, "−"), " ", element("kbd", {}, "0"), ".")),
      element("div", { class: "aside" }, checksSection(page, page.run, goTo), story)),
  ].filter(Boolean));
  choose(recording.services[0] ?? null);
}

/** What is drawn, read back from the drawing: coordinates of paths through the inverse of the axes. */
function plotted() {
  const chart = state.chart;
  const result = { view: [...chart.view], panels: {}, pods: {}, marks: [] };
  for (const path of chart.stack.querySelectorAll("path")) {
    if (!path.plotted) continue;
    const { panel, series, kind } = path.plotted;
    const points = path.getAttribute("d").split(/[MLZ]|h0/).filter((part) => part.trim()).map((part) => part.trim().split(/[ ,]+/).map(Number));
    const values = points.map(([x, y]) => [chart.time.invert(x), panel.y.invert(y)]);
    let read = values;
    if (kind === "area") {
      const half = values.length / 2;
      const lower = values.slice(half).reverse();
      read = values.slice(0, half).map(([time, top], index) => [time, top - lower[index][1]]);
    }
    (result.panels[panel.id] ??= {})[series] = read;
  }
  for (const box of chart.ganttSVG.querySelectorAll("rect")) {
    if (!box.plotted) continue;
    const x = Number(box.getAttribute("x"));
    const from = chart.time.invert(x);
    const until = chart.time.invert(x + Number(box.getAttribute("width")));
    (result.pods[box.plotted.pod] ??= []).push([from, until, box.plotted.state]);
  }
  for (const part of chart.below.querySelectorAll(".moment")) {
    result.marks.push([part.className, chart.time.invert(parseFloat(part.style.left) + gutter.left)]);
  }
  return result;
}

window.andruck = { plotted, state, pages };
show(readAddress().run);
followAddress();
window.addEventListener("hashchange", followAddress);
// A printer's page has a width of its own, and nobody points at it.
window.addEventListener("beforeprint", () => state.chart?.print(true));
window.addEventListener("afterprint", () => state.chart?.print(false));
