"""HTTP/2 and gRPC by hand, for programs that must be able to do it wrong. Needs no package."""
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b"", length=None):
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A field as HPACK writes it without index and without Huffman code (RFC 7541, 6.2.2)."""
    def text(data):
        return integer(len(data), 7) + data
    return b"\x00" + text(name) + text(value)


def integer(value, bits, first=0):
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out = [first | limit]
    value -= limit
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    return bytes(out + [value])


def request(path=b"/drucker.DruckerWorker/Predict_ArrInt_ArrInt", extra=b""):
    return b"".join(literal(name, value) for name, value in [
        (b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"127.0.0.1"),
        (b":path", path), (b"content-type", b"application/grpc"), (b"te", b"trailers")]) + extra


MESSAGE = bytes([0x0A, 64]) + bytes(i % 17 for i in range(64)) + bytes([0x12, 4, 0x0A, 2]) + b"{}"
BODY = struct.pack(">BI", 0, len(MESSAGE)) + MESSAGE
START = PREFACE + frame(SETTINGS, 0, 0)


def good(stream=1):
    return frame(HEADERS, END_HEADERS, stream, request()) + frame(DATA, END_STREAM, stream, BODY)


def call(address, path, body, timeout=20, pause=0, context=None):
    """The first message of the answer to one call; None when the connection ends without one.

    The body must fit the window that a stream has at first, 65,535 bytes.
    """
    sock = socket.create_connection(address, timeout=timeout)
    if context:
        sock = context.wrap_socket(sock, server_hostname=address[0])
    with sock:
        sock.sendall(START + frame(HEADERS, END_HEADERS, 1, request(path)))
        for start in range(0, len(body), 4_096):
            flags = END_STREAM if start + 4_096 >= len(body) else 0
            sock.sendall(frame(DATA, flags, 1, body[start:start + 4_096]))
            time.sleep(pause)
        data = b""
        position = 0
        while True:
            part = sock.recv(65_536)
            if not part:
                return None
            data += part
            while len(data) >= position + 9:
                length = int.from_bytes(data[position:position + 3], "big")
                if len(data) < position + 9 + length:
                    break
                if data[position + 3] == DATA and length >= 5:
                    return data[position + 14:position + 9 + length]
                if data[position + 3] in (RST, GOAWAY):
                    return None
                position += 9 + length
