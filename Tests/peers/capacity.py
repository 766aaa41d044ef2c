"""Holds idle connections, then open calls, at one server, and tells what each costs in memory.

Fails when a connection or a call is lost, when another client is not answered meanwhile, or when
one costs more than the limit. Needs no package.

usage: capacity.py HOST:PORT PID CONNECTIONS STREAMS [CERTIFICATE]    (a certificate: over TLS)
"""
import socket
import ssl
import struct
import sys
import time

from raw import (
    BODY, DATA, END_HEADERS, GOAWAY, HEADERS, PING, RST, START, call, frame, request)

STREAMING = b"/drucker.DruckerWorker/Predict_Bytes_Bytes"
PREDICT = b"/drucker.DruckerWorker/Predict_ArrInt_ArrInt"
CONNECTION_KIB_MAX, TLS_CONNECTION_KIB_MAX, STREAM_KIB_MAX = 40, 120, 8


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


def connect(address, context, index=0):
    sock = socket.socket()
    sock.settimeout(30)
    # Sources of their own, so that ports do not run out.
    sock.bind((f"127.0.{1 + index // 5_000}.1", 0))
    sock.connect(address)
    if context:
        sock = context.wrap_socket(sock, server_hostname=address[0])
    sock.sendall(START)
    return sock


class Frames:
    """The frames that arrive on a socket."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""

    def next(self):
        while True:
            if len(self.data) >= 9:
                end = 9 + int.from_bytes(self.data[:3], "big")
                if len(self.data) >= end:
                    head, self.data = self.data[:end], self.data[end:]
                    return head[3], head[4], int.from_bytes(head[5:9], "big"), head[9:]
            part = self.sock.recv(65_536)
            if not part:
                sys.exit("capacity: the server closed a connection")
            self.data += part


def is_alive(frames):
    """Whether a connection answers a PING."""
    frames.sock.sendall(frame(PING, 0, 0, b"capacity"))
    while True:
        kind, flags, _, payload = frames.next()
        if kind == PING and flags & 1 and payload == b"capacity":
            return True
        if kind == GOAWAY:
            return False


def idle(address, pid, count, context):
    connect(address, context).close()
    time.sleep(0.3)
    before = resident_kib(pid)
    started = time.monotonic()
    connections = [Frames(connect(address, context, index)) for index in range(count)]
    for connection in connections:
        if not is_alive(connection):
            sys.exit("capacity: a connection does not answer")
    time.sleep(0.5)
    after = resident_kib(pid)
    # All of them at once, and a good client besides.
    if not context and not call(address, PREDICT, BODY):
        sys.exit("capacity: a good call was not answered")
    alive = sum(is_alive(connection) for connection in connections)
    each = (after - before) / count
    print(f"capacity: {alive} idle connections{' over TLS' if context else ''}:"
          f" {before / 1024:.1f} to {after / 1024:.1f} MiB, {each:.2f} KiB each,"
          f" opened in {time.monotonic() - started:.1f} s with their pings")
    for connection in connections:
        connection.sock.close()
    limit = TLS_CONNECTION_KIB_MAX if context else CONNECTION_KIB_MAX
    return alive == count and each < limit


def streams(address, pid, count):
    """Calls that are open and answered each once, all on one connection; then ended."""
    frames = Frames(connect(address, None))
    is_alive(frames)
    time.sleep(0.3)
    before = resident_kib(pid)
    block = request(STREAMING)
    pixels = bytes(i % 17 for i in range(64))
    message = b"\x0a\x40" + pixels + b"\x12\x04\x0a\x02{}"
    body = struct.pack(">BI", 0, len(message)) + message
    numbers = [1 + 2 * index for index in range(count)]
    window = frame(8, 0, 0, struct.pack(">I", 2**24))
    frames.sock.sendall(window)
    answered = set()

    def read_until(done):
        while not done():
            kind, flags, stream, payload = frames.next()
            if kind in (RST, GOAWAY):
                sys.exit(f"capacity: stream {stream} was refused")
            if kind == DATA and payload:
                answered.add(stream)
            if flags & 1 and kind == HEADERS:
                ended.add(stream)

    ended = set()
    for number in numbers:
        frames.sock.sendall(frame(HEADERS, END_HEADERS, number, block) + frame(DATA, 0, number, body))
    read_until(lambda: len(answered) == count)
    after = resident_kib(pid)
    if not call(address, PREDICT, BODY):
        sys.exit("capacity: a good call was not answered")
    answered.clear()
    for number in numbers:
        frames.sock.sendall(frame(DATA, 1, number, body))
    read_until(lambda: len(ended) == count)
    each = (after - before) / count
    print(f"capacity: {count} calls open at once on one connection, each answered twice:"
          f" {before / 1024:.1f} to {after / 1024:.1f} MiB, {each:.2f} KiB each")
    return len(answered) == count and each < STREAM_KIB_MAX


def main():
    host, port = sys.argv[1].split(":")
    address, pid = (host, int(port)), int(sys.argv[2])
    connections, calls = int(sys.argv[3]), int(sys.argv[4])
    context = None
    if len(sys.argv) > 5:
        context = ssl.create_default_context(cafile=sys.argv[5])
        context.set_alpn_protocols(["h2"])
    is_good = streams(address, pid, calls) if calls else True
    is_good = idle(address, pid, connections, context) and is_good
    sys.exit(0 if is_good else 1)


main()
