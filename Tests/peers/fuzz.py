"""Sends malformed and hostile byte streams to an HTTP/2 server, and good calls meanwhile.

Every stream follows from the seed. Fails when a call of a good client is not answered, be it one
that comes anew or one that keeps its connection all the time, or when the server's memory has grown
by more than the limit. Needs no package.

usage: fuzz.py HOST:PORT PID COUNT SEED [GROWTH_MIB [CERTIFICATE]]      (a certificate: over TLS)
"""
import collections
import random
import socket
import ssl
import struct
import sys
import threading
import time

from raw import (
    BODY, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, RST, SETTINGS,
    START, WINDOW, call, frame, good, integer, literal, request)


def noise(r, most):
    return r.randbytes(r.randint(1, most))


def bad_preface(r):
    return r.choice([
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + noise(r, 400),
        PREFACE[:r.randint(1, 23)], PREFACE[:-1] + b"X", PREFACE * 2, PREFACE + noise(r, 200), b""])


def cut(r):
    text = START + good(1) + good(3)
    return text[:r.randint(1, len(text))]


def mutated(r):
    text = bytearray(START + good(1) + frame(PING, 0, 0, bytes(8)) + good(3))
    for _ in range(r.randint(1, 8)):
        text[r.randint(24, len(text) - 1)] = r.randrange(256)
    return bytes(text)


def spliced(r):
    text = START + good(1) + good(3) + good(5)
    start, end = sorted(r.sample(range(24, len(text)), 2))
    return text[:start] + text[end:] if r.random() < 0.5 else text[:end] + text[start:]


def hpack_bomb(r):
    name, value = b"x-bomb", bytes([97]) * 3_900
    insert = b"\x40" + integer(len(name), 7) + name + integer(len(value), 7) + value
    block = request(extra=insert + b"\xbe" * r.randint(100, 8_000))
    out = [START, frame(HEADERS, 0, 1, block[:16_000])]
    out.append(frame(CONTINUATION, END_HEADERS, 1, block[16_000:]))
    return b"".join(out)


def header_flood(r):
    fields = b"".join(literal(b"x-%d" % i, b"v" * r.randint(0, 60)) for i in range(r.randint(50, 600)))
    block = request(extra=fields)
    parts = [block[i:i + 16_000] for i in range(0, len(block), 16_000)]
    out = [START, frame(HEADERS, END_HEADERS if len(parts) == 1 else 0, 1, parts[0])]
    for index, part in enumerate(parts[1:], 2):
        out.append(frame(CONTINUATION, END_HEADERS if index == len(parts) else 0, 1, part))
    return b"".join(out)


def rapid_reset(r):
    block = request()
    return START + b"".join(
        frame(HEADERS, END_HEADERS, stream, block) + frame(RST, 0, stream, struct.pack(">I", 8))
        for stream in range(1, 2 * r.randint(50, 1_500), 2))


def ping_flood(r):
    return START + frame(PING, 0, 0, r.randbytes(8)) * r.randint(100, 12_000)


def settings_flood(r):
    setting = struct.pack(">HI", r.randint(0, 9), r.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1]))
    return START + frame(SETTINGS, 0, 0, setting * r.randint(1, 60)) * r.randint(1, 2_000)


def window_overflow(r):
    big = frame(WINDOW, 0, r.choice([0, 1]), struct.pack(">I", 2**31 - 1))
    return START + frame(HEADERS, END_HEADERS, 1, request()) + big * r.randint(1, 3)


def endless_continuation(r):
    out = [START, frame(HEADERS, 0, 1, request())]
    part = r.choice([b"", literal(b"x", b"y" * 100), b"\x00"])
    out.extend(frame(CONTINUATION, 0, 1, part) for _ in range(r.randint(5, 3_000)))
    return b"".join(out)


def empty_data(r):
    return START + frame(HEADERS, END_HEADERS, 1, request()) + frame(DATA, 0, 1) * r.randint(10, 12_000)


def bad_grpc(r):
    body = r.choice([
        struct.pack(">BI", 0, 2**32 - 1), struct.pack(">BI", r.randrange(256), 5) + b"12345",
        struct.pack(">BI", 0, 40) + noise(r, 40), BODY[:r.randint(0, len(BODY))], BODY * 3,
        struct.pack(">BI", 0, 5) + b"\x0a\xff\xff\xff\x7f", b"\x00" * r.randint(1, 15_000)])
    path = r.choice([
        b"/drucker.DruckerWorker/Predict_Bytes_Bytes", b"/drucker.DruckerWorker/Predict_String_String",
        b"/drucker.DruckerDashboard/UploadModel", b"/drucker.DruckerDashboard/EvaluateModel",
        b"/rekcurd.RekcurdWorker/Predict_ArrInt_ArrInt", b"/grpc.health.v1.Health/Watch",
        b"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", b"/", b"", b"*", noise(r, 50)])
    flags = END_STREAM if r.random() < 0.7 else 0
    return START + frame(HEADERS, END_HEADERS, 1, request(path)) + frame(DATA, flags, 1, body)


def bad_frames(r):
    out = [START, good(1)]
    for _ in range(r.randint(1, 30)):
        length = r.choice([None, None, None, 0, 2**24 - 1])
        stream = r.choice([0, 1, 2, 3, 5, 7, 2**31 - 1, 2**32 - 1])
        out.append(frame(r.randrange(14), r.randrange(256), stream, noise(r, 60), length))
    return b"".join(out)


def many_streams(r):
    block = request()
    return START + b"".join(
        frame(HEADERS, END_HEADERS, stream, block) for stream in range(1, 2 * r.randint(500, 1_300), 2))


def unread(r):
    return START + b"".join(good(stream) for stream in range(1, 600, 2))


def random_bytes(r):
    return noise(r, 300)


def slow_writer(r):
    """Sent byte by byte while other streams come and go."""
    return r.choice([START + good(1), cut(r), bad_frames(r)])


KINDS = [
    (8, random_bytes), (8, bad_preface), (14, cut), (20, mutated), (10, spliced),
    (2, hpack_bomb), (4, header_flood), (2, rapid_reset), (1, ping_flood), (2, settings_flood),
    (4, window_overflow), (3, endless_continuation), (1, empty_data), (12, bad_grpc),
    (10, bad_frames), (1, many_streams), (1, unread), (4, slow_writer),
]


def connect(address, r=None, context=None):
    sock = socket.socket()
    sock.settimeout(20)
    # Sources of their own, so that ports do not run out.
    if r:
        sock.bind((f"127.{r.randint(1, 250)}.{r.randint(1, 250)}.{r.randint(1, 250)}", 0))
    sock.connect(address)
    # Some of what comes to a TLS port is not even that.
    if context and (r is None or r.random() < 0.7):
        sock = context.wrap_socket(sock, server_hostname=address[0])
    return sock


def attack(address, text, r, kept, context):
    sock = connect(address, r, context)
    sock.settimeout(2)
    try:
        if r.random() < 0.1:
            for byte in text[:30]:
                sock.send(bytes([byte]))
            text = text[30:]
        sock.sendall(text)
        ending = r.random()
        if ending < 0.04:
            kept.append(sock)
            if len(kept) > 200:
                kept.pop(r.randrange(len(kept))).close()
            return
        if ending < 0.3:
            sock.settimeout(0.002)
            sock.recv(65_536)
        if ending < 0.5:
            sock.shutdown(socket.SHUT_WR)
        if ending > 0.6:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # The server may have enough of it.
    sock.close()


class Slow:
    """Peers that write a byte now and then."""

    def __init__(self):
        self.peers = []

    def add(self, sock, text):
        sock.setblocking(False)
        self.peers.append([sock, text, 0])
        if len(self.peers) > 150:
            self.peers.pop(0)[0].close()

    def turn(self, r):
        for peer in r.sample(self.peers, min(3, len(self.peers))):
            sock, text, position = peer
            try:
                sock.send(text[position:position + 1])
                peer[2] += 1
                is_over = peer[2] == len(text)
            except (BlockingIOError, ssl.SSLWantReadError):
                is_over = False
            except OSError:
                is_over = True
            if is_over:
                sock.close()
                self.peers.remove(peer)


class Steady(threading.Thread):
    """A good client that makes one call after the other on one connection, whatever others do."""

    def __init__(self, address, context):
        super().__init__(daemon=True)
        self.sock = connect(address, None, context)
        self.calls, self.slowest, self.fault, self.is_ending = 0, 0.0, None, False

    def run(self):
        try:
            self.sock.sendall(START)
            buffer = b""
            while not self.is_ending:
                stream, begun = 2 * self.calls + 1, time.monotonic()
                self.sock.sendall(good(stream))
                is_done = False
                while not is_done:
                    part = self.sock.recv(65_536)
                    if not part:
                        raise OSError("the connection was closed")
                    buffer += part
                    while len(buffer) >= 9:
                        end = 9 + int.from_bytes(buffer[:3], "big")
                        if len(buffer) < end:
                            break
                        kind, flags = buffer[3], buffer[4]
                        number = int.from_bytes(buffer[5:9], "big")
                        if kind in (RST, GOAWAY):
                            raise OSError(f"a frame of type {kind} came for call {self.calls}")
                        if kind == HEADERS and flags & 1 and number == stream:
                            is_done = True
                        if kind == DATA and end > 9:
                            grant = struct.pack(">I", end - 9)
                            self.sock.sendall(frame(WINDOW, 0, 0, grant))
                        buffer = buffer[end:]
                self.calls += 1
                self.slowest = max(self.slowest, time.monotonic() - begun)
                time.sleep(0.01)
        except OSError as error:
            self.fault = error
        self.sock.close()


def answered(address, context):
    """Whether a good call gets its answer."""
    return bool(
        call(address, b"/drucker.DruckerWorker/Predict_ArrInt_ArrInt", BODY, context=context))


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main():
    host, port = sys.argv[1].split(":")
    address, pid, count, seed = (host, int(port)), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    growth = int(sys.argv[5]) if len(sys.argv) > 5 else 256
    context = None
    if len(sys.argv) > 6:
        context = ssl.create_default_context(cafile=sys.argv[6])
        context.set_alpn_protocols(["h2"])
    kept, slow, weights = [], Slow(), [weight for weight, _ in KINDS]
    quarters = []
    kinds = collections.Counter()
    if not answered(address, context):
        sys.exit("fuzz: the first good call was not answered")
    before = most = resident_mib(pid)
    steady = Steady(address, context)
    steady.start()
    begun = time.monotonic()
    for index in range(count):
        # Each stream from a seed of its own, so that one can be repeated alone.
        r = random.Random(f"{seed}/{index}")
        kind = r.choices(KINDS, weights)[0][1]
        kinds[kind.__name__] += 1
        place = f"fuzz: stream {index} of seed {seed} ({kind.__name__})"
        try:
            if kind is slow_writer:
                slow.add(connect(address, r, context), kind(r))
            else:
                attack(address, kind(r), r, kept, context)
        except OSError as error:
            sys.exit(f"{place}: no connection: {error}")
        slow.turn(r)
        if steady.fault:
            sys.exit(f"{place}: a good client suffers: {steady.fault}")
        if index % 500 == 499 or index == count - 1:
            try:
                is_answered = answered(address, context)
            except OSError as error:
                sys.exit(f"{place}: a good call failed: {error}")
            if not is_answered:
                sys.exit(f"{place}: a good call was not answered")
            now = resident_mib(pid)
            most = max(most, now)
            if (index + 1) * 4 // count > len(quarters):
                quarters.append(now)
            if now - before > growth:
                sys.exit(f"{place}: from {before:.0f} to {now:.0f} MiB")
    steady.is_ending = True
    steady.join()
    for sock in kept + [peer[0] for peer in slow.peers]:
        sock.close()
    time.sleep(1)
    if steady.fault or not answered(address, context):
        sys.exit(f"fuzz: a good client suffers in the end: {steady.fault}")
    print(f"fuzz: {count} streams of seed {seed} in {time.monotonic() - begun:.0f} s: "
          + ", ".join(f"{number} {name}" for name, number in sorted(kinds.items())))
    print(f"fuzz: a good client made {steady.calls} calls on one connection meanwhile, the slowest"
          f" {steady.slowest * 1000:.0f} ms; memory {before:.0f} MiB before,"
          f" {', '.join(f'{now:.0f}' for now in quarters)} MiB after each quarter, {most:.0f} MiB at most,"
          f" {resident_mib(pid):.0f} MiB after")


main()
