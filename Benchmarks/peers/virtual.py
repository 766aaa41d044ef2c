"""model-switch.yaml's steady phase in virtual time, against the same traffic on real ports."""
import json
import os
import re
import statistics
import subprocess

from report import figure, information, say
from servers import ROOT, andruck, ingress, serve, work

ROUNDS = int(os.environ.get("LIVE_ROUNDS", 5))
SECONDS = int(os.environ.get("LIVE_SECONDS", 40))
BUSY = "2ms"
RATE = 10  # of model-switch.yaml's users


def bench(port, *arguments, real_time=False):
    """What `andruck bench` says of a target."""
    command = andruck("bench", f"127.0.0.1:{port}", "--json", *arguments)
    if real_time:
        command = ["chrt", "-f", "50", *command]
    output = subprocess.run(command, capture_output=True, text=True)
    if output.returncode:
        raise RuntimeError(f"andruck bench: {output.stderr[-500:]}")
    return json.loads(output.stdout)["targets"][0]


def payload():
    """The inputs of the scenario's traffic, without their labels."""
    path = f"{work}/payload.csv"
    with open(f"{ROOT}/Fixtures/digits/evaluation.csv") as source, open(path, "w") as file:
        for line in source:
            if line.strip() and not line.startswith("#"):
                file.write(line.split(",", 1)[1])
    return path


def calibrate(server, inputs):
    """CPU time of a call in microseconds, from what `andruck bench --calibrate` writes."""
    path = f"{work}/calibration.yaml"
    bench(server.port, "--calibrate", path, "--rate", "50", "--arrivals", "poisson",
          "--duration", "10s", "--payload", inputs)
    return int(re.search(r"predictCPU: (\d+)us", open(path).read())[1])


def hop(front, inputs, serving, real_time):
    """One way between two processes in microseconds: a quarter of what a call through an ingress takes
    beside the CPU time of its server, for one whose predictor costs next to nothing."""
    said = bench(front.port, "--rate", str(RATE), "--duration", "15s", "--payload", inputs,
                 real_time=real_time)["latencyNanoseconds"]["p50"]
    return max(1, round((said / 1e3 - serving) / 4))


def steady_phase(microseconds, network):
    """p50 and p99 in seconds of the scenario's story up to its switch, in virtual time."""
    with open(f"{ROOT}/Scenarios/model-switch.yaml") as file:
        text = file.read()
    steady, _, rest = text.partition("\ntimeline:")
    switch = re.search(r"at: (\d+m)", rest)[1]
    changes = [("predictCPU: 2ms", f"predictCPU: {microseconds}us"), ("../Fixtures", f"{ROOT}/Fixtures"),
               ("duration: 10m", f"duration: {switch}")]
    for old, new in changes:
        if old not in steady:
            raise RuntimeError(f"model-switch.yaml has no {old}")
        steady = steady.replace(old, new)
    path = f"{work}/steady.yaml"
    with open(path, "w") as file:
        file.write(steady + f"\nworld: {{ networkLatency: {network}us }}\n"
                   "expect:\n  - never: digits/production failures > 0\n")
    output = subprocess.run(andruck("run", "--json", path), capture_output=True, text=True)
    if output.returncode:
        raise RuntimeError(f"andruck run: {output.stdout[-500:]} {output.stderr[-500:]}")
    service = json.loads(output.stdout)["recording"]["services"][0]
    return service["requests"]["total"]["latencySeconds"]


def part():
    """`andruck run` against `andruck ingress` and three `andruck serve`.

    In the scenario every pod has a core when it needs one. Here five processes share two, and one
    that wakes up may wait for another's time slice. So a round has everything twice: as the machine
    schedules the processes, and with real-time priority, where nobody waits for a slice.
    """
    inputs = payload()
    backends = [serve(f"serve{number}", "--busy-for", BUSY, loops=1) for number in range(3)]
    front = ingress(backends)
    quick = serve("quick", loops=1)
    quick_front = ingress([quick])
    servers = [front, quick_front, quick, *backends]
    calibrations, hops, live = [], {False: [], True: []}, {False: [], True: []}
    for number in range(ROUNDS):
        say(f"virtual: round {number + 1} of {ROUNDS}, twice {SECONDS} s")
        calibrations.append(calibrate(backends[0], inputs))
        quick_calibration = calibrate(quick, inputs)
        for real_time in live:
            if not all([server.schedule(real_time) for server in servers]) and real_time:
                information("real-time priority", "skipped", "this user may not have it")
                continue
            hops[real_time].append(hop(quick_front, inputs, quick_calibration, real_time))
            # As the scenario's users do: one call each tenth of a second, so that no two meet.
            live[real_time].append(bench(
                front.port, "--rate", str(RATE), "--duration", f"{SECONDS}s", "--payload", inputs,
                real_time=real_time)["latencyNanoseconds"])
        for server in servers:
            server.schedule(False)
    for real_time, loads in live.items():
        virtual = [steady_phase(*costs) for costs in zip(calibrations, hops[real_time])]
        for percentile, bound in [("p50", 15), ("p99", 30)] if loads else []:
            ours = [one[percentile] for one in virtual]
            real = [one[percentile] / 1e9 for one in loads]
            # Below or above: both are off.
            figure(f"virtual to live{', real-time priority' if real_time else ''},"
                   f" model-switch.yaml's steady phase, {percentile}",
                   [a / b for a, b in zip(ours, real)], f"within {bound} %",
                   lambda ratio: abs(ratio - 1) <= bound / 100,
                   f"virtual {statistics.median(ours) * 1e3:.2f} ms,"
                   f" live {statistics.median(real) * 1e3:.2f} ms")
    said = ", ".join(f"{statistics.median(found):.0f} µs a hop{' with priority' if real_time else ''}"
                     for real_time, found in hops.items() if found)
    information("calibrated", f"{statistics.median(calibrations):.0f} µs of CPU a call, {said}")
