"""Servers on loopback that end with this process, and what they use of a processor."""
import atexit
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ANDRUCK = os.environ.get("ANDRUCK", ".build/release/andruck")
RUN = os.environ.get("RUN", "scripts/toolchain.sh")
ROOT = os.getcwd()
work = tempfile.mkdtemp(prefix="andruck-peers-")
started = []


@atexit.register
def finish():
    for server in started:
        server.end()
    shutil.rmtree(work, ignore_errors=True)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server:
    """A process that listens on a port."""

    def __init__(self, name, command, port=None, folder=None):
        self.name = name
        self.log = f"{work}/{len(started)}-{name}.log"
        with open(self.log, "w") as log:
            # A session of its own, so that processes that it starts end with it.
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                cwd=folder)
        started.append(self)
        self.port = port or self.said_port()
        self.wait()

    def said_port(self):
        for _ in range(200):
            if found := re.search(r" on 127\.0\.0\.1:(\d+),", open(self.log).read()):
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not start: {open(self.log).read()[-500:]}")

    def wait(self):
        for _ in range(400):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen: {open(self.log).read()[-500:]}")

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def pids(self):
        """The process and those below it."""
        found = [self.process.pid]
        for pid in found:
            for path in glob.glob(f"/proc/{pid}/task/*/children"):
                with open(path) as file:
                    found += [int(child) for child in file.read().split()]
        return found

    def schedule(self, real_time):
        """Puts all its threads above (chrt -f 50) or among the machine's other threads."""
        policy = ["-f", "-p", "50"] if real_time else ["-o", "-p", "0"]
        return all(
            subprocess.run(["chrt", "-a", *policy, str(pid)], capture_output=True).returncode == 0
            for pid in self.pids())

    def cpu(self):
        """CPU seconds so far, of all its threads."""
        total = 0
        for pid in self.pids():
            for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
                try:
                    with open(path) as file:
                        total += int(file.read().split()[0])
                except OSError:
                    pass  # a thread that has ended
        return total / 1e9


def andruck(*arguments):
    return [RUN, ANDRUCK, *arguments]


def serve(name="serve", *more, loops=None):
    """`andruck serve` of digits, everything on, the service log in a file; without `loops` as many event
    loops as it has by itself."""
    folder = tempfile.mkdtemp(dir=work)
    if loops:
        more = ["--loops", str(loops), *more]
    return Server(name, andruck(
        "serve", "--predictor", "digits", "--model", f"{ROOT}/Fixtures/models/digits-v1.model",
        "--state", folder, "--host", "127.0.0.1", "--port", "0",
        "--service-log", f"{folder}/service.log", "--system-log", f"{folder}/system.log", *more))


def ingress(backends, hosts=("127.0.0.1",)):
    path = f"{tempfile.mkdtemp(dir=work)}/routes.yaml"
    with open(path, "w") as file:
        addresses = ", ".join(f"127.0.0.1:{backend.port}" for backend in backends)
        file.write("hosts:\n" + "".join(f"  {host}: [{addresses}]\n" for host in hosts))
    return Server("ingress", andruck(
        "ingress", "--config", path, "--host", "127.0.0.1", "--port", "0", "--loops", "1"))


def nghttpd():
    folder = tempfile.mkdtemp(dir=work)
    with open(f"{folder}/file", "w") as file:
        file.write("x" * 20)
    port = free_port()
    return Server(
        "nghttpd", ["nghttpd", "--no-tls", "-n1", "-a", "127.0.0.1", "-d", folder, str(port)], port)


def nghttpx(backend):
    port = free_port()
    return Server("nghttpx", [
        "nghttpx", "--conf=/dev/null", f"--frontend=127.0.0.1,{port};no-tls",
        f"--backend=127.0.0.1,{backend.port};;proto=h2", "--workers=1", "--log-level=ERROR",
        f"--pid-file={work}/nghttpx-{port}.pid"], port)


def has(*tools):
    """What is missing of these tools; None where nothing is."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    return f"there is no {', '.join(missing)}" if missing else None
