"""Compares what `andruck bench --json` says with the truth about a server of known service time.

The truth follows from the schedule alone: a call of a constant load that is meant to begin at t is
answered after the service time, and a call in a stall only after the stall. Where in the server's
periods the load began is not known, and does not matter for whole periods.

Of several reports the median of each percentile counts.

usage: truth.py ANSWER_MS STALL_MS EVERY_MS RATE SECONDS [--naive] REPORT...
"""
import json
import statistics
import sys

# Not 90: where a tenth of the time is a stall, the truth jumps there.
PERCENTILES = [50, 75, 95, 99, 99.9]
answer, stall, every, rate, seconds = map(float, sys.argv[1:6])
is_naive = "--naive" in sys.argv
reports = [json.load(open(path))["targets"][0] for path in sys.argv[6:] if path != "--naive"]


def answered(time):
    def after_stall(time):
        within = time % every if every else stall
        return time - within + stall if within < stall else time
    return after_stall(after_stall(time) + answer)


count = int(rate * seconds)
intended = [every + 1_000 * index / rate for index in range(count)]
truth = sorted(answered(time) - time for time in intended)
worst = 0
for percentile in PERCENTILES:
    expected = truth[min(count - 1, max(0, -(-int(count * percentile * 10) // 1_000) - 1))]
    said = statistics.median(
        report["latencyNanoseconds"][f"p{percentile}"] / 1e6 for report in reports)
    ratio = said / expected
    print(f"truth: p{percentile}: {said:.2f} ms said, {expected:.2f} ms true, {100 * (ratio - 1):+.2f} %")
    worst = max(worst, expected / said if is_naive else abs(ratio - 1))
for doubt in (doubt for report in reports for doubt in report["doubts"]):
    print(f"truth: {doubt}")
if is_naive:
    print(f"truth: a closed loop is wrong by up to {worst:.0f} times")
    sys.exit(0 if worst > 10 else 1)
if errors := sum(report["errors"] for report in reports):
    sys.exit(f"truth: {errors} errors")
sys.exit(0 if worst <= 0.01 else 1)
