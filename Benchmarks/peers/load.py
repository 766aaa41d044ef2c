"""Runs h2load and tells what it found."""
import re
import statistics
import subprocess

from servers import ROOT, work

PREDICT = "/drucker.DruckerWorker/Predict_ArrInt_ArrInt"


class Load:
    """What one run found: calls a second, CPU seconds of the server a call, latencies in seconds."""

    def __init__(self, throughput, cpu, latencies):
        self.throughput, self.cpu, self.latencies = throughput, cpu, sorted(latencies)

    @property
    def mean(self):
        return statistics.fmean(self.latencies)

    def percentile(self, percent):
        index = -(-len(self.latencies) * percent // 100) - 1
        return self.latencies[max(0, int(index))]


def body():
    path = f"{work}/body.bin"
    subprocess.run(["python3", f"{ROOT}/Tests/peers/body.py", path], check=True)
    return path


def h2load(server, shape, count, path=PREDICT, measured=None):
    """A closed loop of `shape`, connections and streams on each, after a tenth for warming up."""
    connections, streams = shape
    arguments = []
    if path == PREDICT:
        arguments = ["-d", body(), "-H", "content-type: application/grpc", "-H", "te: trailers"]

    def run(count, log):
        command = ["h2load", f"-c{connections}", f"-m{streams}", f"-n{count}", *arguments,
                   f"http://127.0.0.1:{server.port}{path}"]
        if log:
            command.insert(1, f"--log-file={log}")
        output = subprocess.run(command, capture_output=True, text=True).stdout
        if f"{count} succeeded, 0 failed, 0 errored" not in output:
            raise RuntimeError(f"h2load at {server.name}: {output[-600:]}")
        return output

    # Every connection needs a request.
    run(max(count // 10, connections), None)
    # Latencies are looked at where calls do not wait for each other.
    log = f"{work}/latencies" if shape == (1, 1) else None
    if log:
        open(log, "w").close()
    measured = measured or server
    before = measured.cpu()
    output = run(count, log)
    cpu = (measured.cpu() - before) / count
    throughput = float(re.search(r", ([\d.]+) req/s", output)[1])
    latencies = [int(line.split("\t")[2]) / 1e6 for line in open(log)] if log else []
    return Load(throughput, cpu, latencies)


def calibrated_count(server, shape, seconds, path=PREDICT):
    """About how many requests take so long."""
    trial = max(200, 10 * shape[0] * shape[1])
    return max(trial, int(h2load(server, shape, trial, path).throughput * seconds))
