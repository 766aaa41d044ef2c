// The story as a list that can be searched, and the checks with the story around their failures.
const lineMax = 4000;

function highlighted(text, wanted) {
  if (!wanted) return [text];
  const parts = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), element("mark", {}, text.slice(at, at + wanted.length)));
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}

function storyLine([time, who, text], wanted, goTo) {
  return element(
    "li", { class: who, onclick: () => goTo(time), "data-time": time },
    element("button", { class: "at", type: "button", "aria-label": `go to ${timeText(time)}` }, timeText(time)),
    element("span", { class: "who" }, ...highlighted(who, wanted)), element("span", { class: "told" }, ...highlighted(text, wanted)));
}

function storySection(story, leftOut, goTo) {
  const lines = element("ul", { class: "lines" });
  const found = element("span", { class: "soft" });
  const input = element("input", { type: "search", placeholder: "Search the story", "aria-label": "Search the story" });
  const show = () => {
    const wanted = input.value.trim().toLowerCase();
    const chosen = story.filter(([time, who, text]) => !wanted || `${timeText(time)} ${who} ${text}`.toLowerCase().includes(wanted));
    lines.replaceChildren(...chosen.slice(0, lineMax).map((line) => storyLine(line, wanted, goTo)));
    found.textContent = chosen.length > lineMax ? `first ${count(lineMax)} of ${count(chosen.length)}` : `${count(chosen.length)} of ${count(story.length)}`;
  };
  input.addEventListener("input", show);
  show();
  let marked = [];
  const node = element(
    "section", { class: "story" },
    element("h2", {}, "Story", leftOut ? element("span", { class: "soft" }, `${count(leftOut)} lines from its middle are left out`) : null),
    element("div", { class: "search" }, input, found), lines);
  /** Marks the line that was told last at a time, and shows it if `isMoved`. */
  node.mark = (time, isMoved) => {
    for (const line of marked) line.classList.remove("now");
    marked = [];
    if (time === null) return;
    const all = [...lines.children];
    const last = all.findLast((line) => Number(line.dataset.time) <= time + 1e-6);
    if (!last) return;
    last.classList.add("now");
    marked = [last];
    if (isMoved) lines.scrollTop = last.offsetTop - lines.offsetTop - lines.clientHeight / 3;
  };
  return node;
}

/** A text whose times, which are cut off after milliseconds, lead to right after their moments. */
function linked(text, goTo) {
  return text.split(/(\d+:\d\d:\d\d\.\d{3})/).map((part, index) => {
    if (index % 2 === 0) return part;
    const [hours, minutes, seconds] = part.split(":").map(Number);
    return element("button", { class: "link", type: "button", onclick: () => goTo(hours * 3600 + minutes * 60 + seconds + 0.000999) }, part);
  });
}

function checksSection(page, run, goTo) {
  const story = run.recording?.story ?? [];
  const failed = run.checks.filter((check) => !check.holds);
  const items = [...failed, ...run.checks.filter((check) => check.holds)].map((check) => {
    const isFirst = check === failed[0];
    if (check.holds) {
      return element(
        "li", { class: "good" }, element("span", { class: "sign", title: "holds" }, "✓"), element("div", { class: "text" }, check.check),
        element("div", { class: "seen" }, ...linked(check.seen, goTo)));
    }
    const time = check.virtualSeconds;
    const index = story.findIndex(([at, who, text]) => who === "check" && text === `FAILED ${check.check}` && Math.abs(at - time) < 1e-6);
    const near = index < 0 ? story.findLastIndex(([at]) => at <= time) : index;
    const around = story.slice(Math.max(0, near - 8), near + 3);
    return element(
      "li", { class: "bad" }, element("span", { class: "sign", title: "failed" }, "✕"), element("div", { class: "text" }, check.check),
      element(
        "dl", {}, element("dt", {}, "expected"), element("dd", {}, check.expected), element("dt", {}, "seen"), element("dd", { class: "shout" }, check.seen),
        element("dt", {}, "at"), element("dd", {}, element("button", { class: "link", type: "button", onclick: () => goTo(time) }, timeText(time))),
        element("dt", {}, "check"), element("dd", { class: "mono" }, `${check.file}:${check.line}`)),
      around.length
        ? element("details", { open: isFirst }, element("summary", {}, "The story around it"), element("ul", { class: "lines around" }, around.map((line) => storyLine(line, "", goTo))))
        : null);
  });
  for (const missed of page.missed) {
    items.unshift(element(
      "li", { class: "bad" }, element("span", { class: "sign", title: "failed" }, "✕"), element("div", { class: "text" }, `“${missed.name}” never happened`),
      element("dl", {}, element("dt", {}, "expected"), element("dd", {}, missed.condition), element("dt", {}, "entry"), element("dd", { class: "mono" }, `${missed.file}:${missed.line}`))));
  }
  const bad = failed.length + page.missed.length;
  return element(
    "section", {},
    element("h2", {}, "Checks", element("span", { class: "soft" }, bad ? `${count(bad)} failed, ${count(run.checks.length - failed.length)} hold` : `all ${count(run.checks.length)} hold`)),
    element("ul", { class: "checks" }, items));
}
