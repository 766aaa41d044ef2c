"""Andruck against nghttpd, nghttpx and drucker 0.4.5, and virtual time against live: see peers.sh."""
import os
import subprocess
import sys
import tempfile

import virtual
from load import calibrated_count, h2load
from report import at_least, at_most, figure, information, median, say, table
from servers import ROOT, Server, free_port, has, ingress, nghttpd, nghttpx, serve, work

ROUNDS = int(os.environ.get("ROUNDS", 3))
SHAPES = [(1, 1), (1, 32), (8, 16)]


def micro(seconds):
    return f"{seconds * 1e6:.1f} µs"


def name(shape):
    return f"{shape[0]} x {shape[1]}"


def interleaved(servers, shapes, seconds=1.5, paths=None, measured=None):
    """Loads of each shape and server, a list of one of each round."""
    paths, measured = paths or {}, measured or {}
    loads = {(shape, who): [] for shape in shapes for who in servers}
    counts = {
        key: calibrated_count(servers[key[1]], key[0], seconds, paths.get(key[1], "") or PATH)
        for key in loads}
    for turn in range(ROUNDS):
        for shape in shapes:
            # Who begins changes, so that what a shape leaves behind hits each.
            for who in list(servers)[:: 1 if turn % 2 == 0 else -1]:
                loads[shape, who].append(h2load(
                    servers[who], shape, counts[shape, who], paths.get(who, "") or PATH,
                    measured.get(who)))
    return loads


PATH = "/drucker.DruckerWorker/Predict_ArrInt_ArrInt"


def ratios(loads, shape, one, other, value):
    return [value(a) / value(b) for a, b in zip(loads[shape, one], loads[shape, other])]


def medians(loads, shape, names, value, text):
    return ", ".join(f"{who} {text(median([value(load) for load in loads[shape, who]]))}"
                     for who in names)


def throughput(load):
    return load.throughput


def cpu(load):
    return load.cpu


def per_second(value):
    return f"{value:,.0f}/s"


def part_serve():
    """`andruck serve` with one event loop against nghttpd with one worker."""
    if reason := has("h2load", "nghttpd"):
        return reason
    servers = {"serve": serve(loops=1), "nghttpd": nghttpd(), "all loops": serve("all loops")}
    loads = interleaved(servers, SHAPES, paths={"nghttpd": "/file"})
    pair = ("serve", "nghttpd")
    figure("serve to nghttpd, 1 x 1, mean latency", ratios(loads, (1, 1), *pair, lambda l: l.mean),
           *at_most(1.2), medians(loads, (1, 1), pair, lambda l: l.mean, micro))
    for shape in SHAPES[1:]:
        figure(f"serve to nghttpd, {name(shape)}, throughput",
               ratios(loads, shape, *pair, throughput), *at_least(0.8),
               medians(loads, shape, pair, throughput, per_second))
    for shape in SHAPES:
        information(f"CPU a request, {name(shape)}", medians(loads, shape, pair, cpu, micro))
    information("serve with an event loop for each processor, 8 x 16, which h2load needs too",
                medians(loads, (8, 16), ["all loops"], throughput, per_second))


def part_drucker():
    """`andruck serve` against the original server in Python."""
    if reason := has("h2load"):
        return reason
    folder = os.environ.get("PEERS", "/tmp/andruck-peers-drucker")
    installed = subprocess.run(
        [f"{ROOT}/Benchmarks/peers/drucker.sh", folder], capture_output=True, text=True)
    if installed.returncode:
        return (installed.stdout + installed.stderr).strip()
    port = free_port()
    python = Server(
        "drucker", [f"{folder}/bin/python", f"{ROOT}/Benchmarks/peers/drucker_server.py",
                    str(port)], port, folder=tempfile.mkdtemp(dir=work))
    loads = interleaved({"serve": serve(), "drucker": python}, SHAPES[:2], seconds=2)
    pair = ("serve", "drucker")
    for shape, bound in [((1, 32), 100), ((1, 1), 12)]:
        figure(f"serve to drucker 0.4.5, {name(shape)}, throughput",
               ratios(loads, shape, *pair, throughput), *at_least(bound),
               medians(loads, shape, pair, throughput, per_second))
    figure("drucker 0.4.5 to serve, 1 x 32, CPU a request",
           ratios(loads, (1, 32), *reversed(pair), cpu), *at_least(40),
           medians(loads, (1, 32), pair, cpu, micro))


def part_ingress():
    """`andruck ingress` against nghttpx, in front of the same `andruck serve`."""
    if reason := has("h2load", "nghttpx"):
        return reason
    backend = serve(loops=1)
    servers = {"direct": backend, "ingress": ingress([backend]), "nghttpx": nghttpx(backend)}
    loads = interleaved(servers, SHAPES)
    pair = ("ingress", "nghttpx")
    for shape in SHAPES:
        figure(f"ingress to nghttpx, {name(shape)}, throughput",
               ratios(loads, shape, *pair, throughput), *at_least(1),
               medians(loads, shape, pair, throughput, per_second))
    for percent in [50, 99]:
        # Beside the median of all rounds: a difference of two noisy figures would be the noise.
        direct = median([load.percentile(percent) for load in loads[(1, 1), "direct"]])

        def added(who):
            return [load.percentile(percent) - direct for load in loads[(1, 1), who]]
        ours, theirs = added("ingress"), added("nghttpx")
        figure(f"ingress to nghttpx, 1 x 1, added p{percent}",
               [a / max(b, 1e-6) for a, b in zip(ours, theirs)], *at_most(1),
               f"ingress {micro(median(ours))}, nghttpx {micro(median(theirs))}")
    for shape in SHAPES:
        information(f"CPU a request, {name(shape)}", medians(loads, shape, pair, cpu, micro))


PARTS = {"serve": part_serve, "drucker": part_drucker, "ingress": part_ingress,
         "virtual": virtual.part}


def main():
    chosen = [word for word in sys.argv[1:] if not word.startswith("--")] or list(PARTS)
    for part in chosen:
        if part not in PARTS:
            sys.exit(f"peers.sh: unknown part {part}; expected {', '.join(PARTS)}")
        say(f"{part} …")
        if reason := PARTS[part]():
            information(part, "skipped", reason)
    print(table())


main()
