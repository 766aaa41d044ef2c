#!/usr/bin/env python3
"""Opens reports in a headless Chromium and compares what is drawn with --json.

    check_report.py CHROMIUM PAGE JSON [PICTURES]

JSON is what --json printed of the same runs, an object a line. PICTURES is a folder for screenshots.
"""

import json
import pathlib
import sys

from devtools import Browser

# Coordinates are written with four decimals of a pixel; a plot is some 60 pixels high at least.
PIXEL = 1e-4


class Failure(Exception):
    pass


def expect(holds, message):
    if not holds:
        raise Failure(message)


def close(one, other, tolerance):
    return abs(one - other) <= tolerance


def steps(points, end):
    """The corners of a step series: what is drawn without what is not there."""
    corners = []
    for index, (time, value) in enumerate(points):
        until = points[index + 1][0] if index + 1 < len(points) else end
        if value is not None:
            corners += [(time, value), (until, value)]
    return corners


def value_at(points, time):
    value = None
    for at, changed in points:
        if at > time:
            break
        value = changed
    return value


def rates(counts, bucket, end):
    corners = []
    for index, number in enumerate(counts):
        start = index * bucket
        until = min(end, start + bucket)
        if until > start:
            corners += [(start, number / (until - start)), (until, number / (until - start))]
    return corners


def compare(name, drawn, wanted, time_tolerance, tolerance, relative=0.0):
    expect(len(drawn) == len(wanted), f"{name}: {len(drawn)} points drawn, {len(wanted)} recorded")
    for index, ((x, y), (time, value)) in enumerate(zip(drawn, wanted)):
        expect(close(x, time, time_tolerance), f"{name}: point {index} is at {x}, not {time}")
        expect(
            close(y, value, tolerance + relative * abs(value)),
            f"{name}: at {time} it is drawn as {y}, recorded as {value}")
    return len(drawn)


def check_steps(panel, name, drawn, points, end, time_tolerance, tolerance):
    return compare(f"{panel} {name}", drawn, steps(points, end), time_tolerance, tolerance)


def check_revision(name, drawn, wanted, time_tolerance, tolerance):
    """Areas on top of each other have corners wherever one of them changes."""
    for time, value in drawn[::2]:
        # Drawn times are rounded: look a little later, where the value is the one drawn.
        expect(
            close(value, wanted(time + time_tolerance), tolerance),
            f"pods by revision, {name}: {value} is drawn at {time}, recorded {wanted(time)}")
    return len(drawn)


def check_plots(browser, recording, service):
    """Every value that is drawn is the recorded one; nothing that was recorded is missing."""
    end = recording["endSeconds"]
    plotted = browser.evaluate("andruck.plotted()")
    panels = plotted["panels"]
    expect(plotted["view"] == [0, end], f"the view is {plotted['view']}")
    time_tolerance = end * PIXEL / 300
    count = 0
    tops = browser.evaluate(
        "Object.fromEntries(andruck.state.chart.panels.map((panel) => [panel.id, panel.y.high]))")
    for name in ["desired", "replicas", "ready", "available"]:
        count += check_steps(
            "replicas", name, panels["replicas"][name], service[name], end, time_tolerance,
            tops["replicas"] * PIXEL)
    for name, key in [("utilisation", "utilisationPercent"), ("threshold", "thresholdPercent")]:
        count += check_steps(
            "cpu", name, panels["cpu"][name], service[key], end, time_tolerance,
            tops["cpu"] * PIXEL)
    for revision in service["revisions"]:
        ready = lambda time: value_at(revision["ready"], time) or 0
        rest = lambda time: max(0, (value_at(revision["pods"], time) or 0) - ready(time))
        for kind, wanted in [("ready", ready), ("not ready", rest)]:
            name = f"{revision['hash']} {kind}"
            count += check_revision(
                name, panels["revisions"][name], wanted, 4 * time_tolerance,
                tops["revisions"] * 2 * PIXEL)
    requests = service["requests"]
    bucket = requests["bucketSeconds"]
    drawn = {("requests", "answered"): requests["answered"]}
    for status, counts in requests["failures"].items():
        drawn["requests", status] = drawn["failures", status] = counts
    for model, counts in requests["answers"].items():
        drawn["models", model] = counts
    for (panel, name), counts in drawn.items():
        count += compare(
            f"{panel} {name}", panels[panel][name], rates(counts, bucket, end), time_tolerance,
            tops[panel] * 2 * PIXEL)
    for percentile, values in requests["latencySeconds"].items():
        wanted = [
            ((index * bucket + min(end, (index + 1) * bucket)) / 2, value)
            for index, value in enumerate(values) if value is not None]
        count += compare(
            f"latency {percentile}", panels["latency"][percentile], wanted, time_tolerance, 0, 1e-4)
    count += check_pods(plotted, recording, service, time_tolerance)
    # A mark stands in the drawing to a thousandth of a pixel.
    wanted = sorted(
        mark["fromSeconds"] for mark in recording["marks"]
        if mark.get("service", service["service"]) == service["service"])
    marks = sorted(at for name, at in plotted["marks"] if "trouble" not in name)
    expect(len(marks) == len(wanted), f"{len(marks)} marks drawn, {len(wanted)} recorded")
    for at, time in zip(marks, wanted):
        expect(close(at, time, end * 1e-5), f"a mark stands at {at}, not at {time}")
    return count + len(marks)


def check_pods(plotted, recording, service, time_tolerance):
    pods = [pod for pod in recording["pods"] if pod["service"] == service["service"]]
    names = {pod["name"] for pod in pods}
    expect(set(plotted["pods"]) == names, "the pods that are drawn are not those recorded")
    count = 0
    least = recording["endSeconds"] / 1000
    for pod in pods:
        end = pod.get("deletedSeconds", recording["endSeconds"])
        states = pod["states"]
        drawn = plotted["pods"][pod["name"]]
        expect(len(drawn) == len(states), f"{pod['name']}: {len(drawn)} boxes, {len(states)} states")
        for index, ((start, until, state), (time, wanted, _)) in enumerate(zip(drawn, states)):
            next_time = states[index + 1][0] if index + 1 < len(states) else end
            expect(state == wanted, f"{pod['name']} at {time}: drawn {state}, recorded {wanted}")
            expect(close(start, time, time_tolerance), f"{pod['name']}: {start} is not {time}")
            # What is too short to be seen is drawn a little longer.
            expect(
                close(until, next_time, 2 * time_tolerance) or next_time - time < least,
                f"{pod['name']}: {state} ends at {until}, not at {next_time}")
            count += 1
    return count


def check_readouts(browser, recording, service):
    """Whoever points at a moment reads in the legends what was recorded for it."""
    left, top, width = browser.evaluate(
        "(() => { const box = andruck.state.chart.node.getBoundingClientRect();"
        " return [box.left, box.top, box.width]; })()")
    inner = (left + 58, width - 72)
    for share in [0.11, 0.37, 0.62, 0.93]:
        browser.mouse("mouseMoved", inner[0] + share * inner[1], top + 120)
        browser.settle()
        time = browser.evaluate("andruck.state.chart.hovered")
        expect(
            close(time, share * recording["endSeconds"], recording["endSeconds"] / 500),
            f"the cross-hair is at {time}")
        read = browser.evaluate(
            "Object.fromEntries([...document.querySelectorAll('#panel-replicas .legend li')]"
            ".filter((item) => item.querySelector('b'))"
            ".map((item) => [item.querySelector('span').textContent, item.querySelector('b').textContent]))")
        for name, key in [("desired", "desired"), ("current", "replicas"), ("available", "available")]:
            wanted = value_at(service[key], time)
            expect(read[name] == str(wanted), f"at {time} {name} reads {read[name]}, not {wanted}")


def check_moves(browser, address, recording):
    """Zoom by dragging, wheel and keys; links to a moment and to a range; the story's lines."""
    end = recording["endSeconds"]
    view = lambda: browser.evaluate("andruck.state.chart.view")
    left, top, width = browser.evaluate(
        "(() => { const box = andruck.state.chart.node.getBoundingClientRect();"
        " return [box.left, box.top, box.width]; })()")
    start, inner = left + 58, width - 72
    browser.drag(start + 0.2 * inner, top + 150, start + 0.4 * inner)
    low, high = view()
    expect(close(low, 0.2 * end, end / 200), f"dragging zooms to {low}")
    expect(close(high, 0.4 * end, end / 200), f"dragging zooms up to {high}")
    link = browser.evaluate("location.hash")
    expect(link.startswith("#") and "t=" in link and "-" in link, f"the address says {link}")
    browser.mouse(
        "mouseWheel", start + 0.5 * inner, top + 150, deltaX=0, deltaY=-200, modifiers=2)
    browser.settle()
    expect(view()[1] - view()[0] < (high - low) * 0.9, f"the wheel zooms to {view()}")
    for count in [1, 2]:
        for kind in ["mousePressed", "mouseReleased"]:
            browser.mouse(kind, start + 0.5 * inner, top + 150, button="left", clickCount=count)
    browser.settle()
    expect(view() == [0, end], f"a double click shows {view()}")
    browser.evaluate("andruck.state.chart.node.focus()")
    browser.key("+", text="+")
    expect(close(view()[1] - view()[0], end / 2, end / 100), f"the key + shows {view()}")
    browser.key("0", text="0")
    expect(view() == [0, end], f"the key 0 shows {view()}")
    browser.key("ArrowRight")
    expect(browser.evaluate("andruck.state.chart.pinned") is not None, "an arrow pins nothing")
    # A link to a range, and to a moment.
    browser.evaluate(f"location.hash = 't={0.25 * end}-{0.5 * end}'")
    browser.settle()
    expect(close(view()[0], 0.25 * end, 1e-6 * end), f"a link to a range shows {view()}")
    browser.open("about:blank")
    browser.open(f"{address}#t={0.6 * end}")
    expect(
        close(browser.evaluate("andruck.state.chart.pinned"), 0.6 * end, 1e-6),
        "a link to a moment pins something else")
    expect(view()[0] < 0.6 * end < view()[1], f"the moment of the link is not in {view()}")
    # A line of the story goes to its moment; the search finds it.
    line = recording["story"][len(recording["story"]) // 2]
    browser.evaluate(
        "(() => { const input = document.querySelector('.search input');"
        f" input.value = {json.dumps(line[2])}; input.dispatchEvent(new Event('input')); }})()")
    found = browser.evaluate("[...document.querySelectorAll('.story .lines .told')].map((n) => n.textContent)")
    expect(line[2] in found and len(found) < len(recording["story"]), f"the search finds {found}")
    browser.evaluate("document.querySelector('.story .lines li').click()")
    browser.settle()
    pinned = browser.evaluate("andruck.state.chart.pinned")
    expect(
        any(close(pinned, at, 1e-6) for at, _, text in recording["story"] if line[2] in text),
        f"a click on the story goes to {pinned}")


def take_pictures(browser, address, name, folder):
    browser.open("about:blank")
    browser.open(address)
    for mode in ["light", "dark"]:
        browser.dark(mode == "dark")
        browser.picture(folder / f"{name}-{mode}.png")
    browser.dark(False)
    browser.pdf(folder / f"{name}.pdf")


def main():
    program, page, lines = sys.argv[1:4]
    pictures = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    runs = [json.loads(line) for line in open(lines, encoding="utf-8") if line.strip()]
    address = pathlib.Path(page).resolve().as_uri()
    browser = Browser(program)
    try:
        browser.open(address)
        count = 0
        for index, run in enumerate(runs):
            if index:
                browser.evaluate(f"location.hash = 'run={index + 1}'")
                browser.settle()
            expect(
                browser.evaluate("document.querySelector('.identity').textContent").find(run["digest"]) > 0,
                "the page shows another digest")
            verdict = browser.evaluate("document.querySelector('.verdict').textContent")
            expect(run["verdict"].lower() in verdict.lower(), f"the page says {verdict}")
            heading = browser.evaluate("document.querySelector('h1').textContent")
            expect(heading == run["scenario"], f"the page is titled {heading}")
            shown = browser.evaluate("document.querySelectorAll('.checks > li').length")
            expect(
                shown == len(run["checks"]) + len(run["missed"]),
                f"{shown} checks are shown of {len(run['checks'])}")
            for service in run["recording"]["services"]:
                if len(run["recording"]["services"]) > 1:
                    browser.evaluate(
                        "(() => { const picker = document.getElementById('service');"
                        f" picker.value = {json.dumps(service['service'])};"
                        " picker.dispatchEvent(new Event('change')); })()")
                    browser.settle()
                count += check_plots(browser, run["recording"], service)
                check_readouts(browser, run["recording"], service)
        browser.open("about:blank")
        browser.open(address)
        check_moves(browser, address, runs[0]["recording"])
        if pictures:
            take_pictures(browser, address, pathlib.Path(page).stem, pictures)
        complaints = browser.complaints()
        expect(not complaints, f"the console says {complaints}")
        asked = {url.split("#")[0] for url in browser.requests()} - {address, "about:blank"}
        expect(not asked, f"the page asks for {asked}")
    except Failure as failure:
        print(f"browser: {pathlib.Path(page).name}: {failure}")
        return 1
    finally:
        browser.close()
    print(
        f"browser: {pathlib.Path(page).name}: {len(runs)} run{'s' if len(runs) > 1 else ''}, {count} drawn values"
        " are the recorded ones; zoom, cross-hair, links and search work; no console error, no request")
    return 0


sys.exit(main())
