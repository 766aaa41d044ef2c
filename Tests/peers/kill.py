"""Kills a model server with SIGKILL at seeded instants of uploads and switches.

After each, every model file must be complete, what was acknowledged must be there, and the
assignment must be the last one that was acknowledged or one that was asked for after it.

usage: kill.py COUNT SEED FOLDER MODEL COMMAND...      (COMMAND... is `andruck serve` with options)
"""
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time

from raw import call


LARGE = bytes(range(256)) * 240


def field(number, data):
    length = len(data)
    out = bytes([number << 3 | 2])
    while length >= 128:
        out += bytes([length % 128 | 128])
        length //= 128
    return out + bytes([length]) + data


def framed(message):
    return struct.pack(">BI", 0, len(message)) + message


class Operator(threading.Thread):
    """Uploads models and switches to them until the server dies; remembers what was promised."""

    def __init__(self, port, model, round_):
        super().__init__()
        self.address, self.model, self.round = ("127.0.0.1", port), model, round_
        self.uploaded, self.asked, self.assigned = [], [], None
        self.calls = 0

    def run(self):
        try:
            while True:
                name = f"m-{self.round}-{self.calls}.model"
                if not self.upload(f"large-{self.round}-{self.calls}", LARGE):
                    return
                if not self.upload(name, self.model):
                    return
                self.asked.append(name)
                body = framed(field(1, name.encode()))
                if not self.accepted(b"/drucker.DruckerDashboard/SwitchModel", body):
                    return
                self.assigned = name
        except OSError:
            return

    def upload(self, name, data):
        parts = [data[i:i + 4_000] for i in range(0, len(data), 4_000)]
        body = b"".join(framed(field(1, name.encode()) + field(2, part)) for part in parts)
        if not self.accepted(b"/drucker.DruckerDashboard/UploadModel", body):
            return False
        self.uploaded.append(name)
        return True

    def accepted(self, path, body):
        # Slow enough to be cut off.
        answer = call(self.address, path, body, pause=0.001)
        self.calls += 1
        return bool(answer) and answer.startswith(b"\x08\x01")


def start(command, log):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if " on 127.0.0.1:" in line:
            return process, int(line.split(" on 127.0.0.1:")[1].split(",")[0])
        log.append(line)
    sys.exit("kill: the server does not start: " + "".join(log))


def main():
    count, seed, folder, model_path, command = (
        int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
    model = open(model_path, "rb").read()
    promised, calls, partial = [], 0, 0
    row, seen = None, set()
    for index in range(count):
        r = random.Random(f"{seed}/{index}")
        process, port = start(command, [])
        operator = Operator(port, model, index)
        operator.start()
        time.sleep(r.random() * 0.12)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        operator.join()
        calls += operator.calls
        promised += operator.uploaded
        files = set(os.listdir(f"{folder}/model/digits"))
        for name in files:
            expected = LARGE if name.startswith("large") else model
            if open(f"{folder}/model/digits/{name}", "rb").read() != expected:
                sys.exit(f"kill: round {index} of seed {seed}: {name} is half written")
        if lost := set(promised) - files:
            sys.exit(f"kill: round {index} of seed {seed}: {sorted(lost)} are lost")
        left = os.listdir(f"{folder}/model/.uploads")
        partial += len(left) > len(seen)
        seen = set(left)
        database = sqlite3.connect(f"{folder}/drucker.sqlite3")
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            sys.exit(f"kill: round {index} of seed {seed}: the database is damaged")
        now = database.execute("SELECT model_path FROM model_assignments").fetchone()[0]
        database.close()
        allowed = {operator.assigned or row}
        if operator.asked and operator.asked[-1] != operator.assigned:
            allowed.add(operator.asked[-1])
        if row is not None and now not in allowed:
            sys.exit(f"kill: round {index} of seed {seed}: {now} is assigned, not {allowed}")
        row = now
        # Older files only cost time.
        if len(files) > 30:
            for name in files - {row}:
                os.unlink(f"{folder}/model/digits/{name}")
            promised = [name for name in promised if name == row]
    # What was cut off is removed by the next start, but only what is old enough.
    old = sorted(seen)[::2]
    for name in old:
        os.utime(f"{folder}/model/.uploads/{name}", (time.time() - 7_200,) * 2)
    process, _ = start(command, [])
    process.terminate()
    process.wait()
    process.stderr.close()
    left = set(os.listdir(f"{folder}/model/.uploads"))
    if left != seen - set(old):
        sys.exit(f"kill: {len(left)} leftovers of uploads instead of {len(seen) - len(old)}")
    print(f"kill: {count} times, {calls} uploads and switches answered, {partial} uploads cut off,"
          f" nothing lost, nothing half written; {len(old)} old leftovers removed at the next start")


main()
