"""Predictions by Python's h2 alone: 200 streams at once.

usage: python h2_client.py HOST:PORT BODY [CERTIFICATE]        (a certificate: over TLS)
"""
import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.events

host, port = sys.argv[1].split(":")
body = open(sys.argv[2], "rb").read()
sock = socket.create_connection((host, int(port)), timeout=20)
if len(sys.argv) > 3:
    context = ssl.create_default_context(cafile=sys.argv[3])
    context.set_alpn_protocols(["h2"])
    sock = context.wrap_socket(sock, server_hostname=host)
    if sock.selected_alpn_protocol() != "h2":
        sys.exit("h2: the server does not choose h2 by ALPN")
connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=True))
connection.initiate_connection()
sock.sendall(connection.data_to_send())
answers = {}
ended = set()
sent = False
while len(ended) < 200:
    data = sock.recv(65_536)
    if not data:
        sys.exit("h2: the server closed")
    for event in connection.receive_data(data):
        if isinstance(event, h2.events.RemoteSettingsChanged) and not sent:
            sent = True
            for _ in range(200):
                stream = connection.get_next_available_stream_id()
                connection.send_headers(stream, [
                    (":method", "POST"), (":scheme", "https" if len(sys.argv) > 3 else "http"), (":authority", sys.argv[1]),
                    (":path", "/drucker.DruckerWorker/Predict_ArrInt_ArrInt"),
                    ("content-type", "application/grpc"), ("te", "trailers")])
                connection.send_data(stream, body, end_stream=True)
        elif isinstance(event, h2.events.TrailersReceived):
            answers[event.stream_id] = dict(event.headers).get(b"grpc-status")
        elif isinstance(event, h2.events.StreamEnded):
            ended.add(event.stream_id)
        elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
            sys.exit(f"h2: {event}")
    sock.sendall(connection.data_to_send())
good = sum(status == b"0" for status in answers.values())
print(f"h2: {good} of 200 calls{' over ' + sock.version() if len(sys.argv) > 3 else ''}")
sys.exit(0 if good == 200 else 1)
