"""Writes a prediction of 64 integers as gRPC frames it, for h2load -d. usage: python3 body.py FILE"""
import struct
import sys

message = bytes([0x0A, 64]) + bytes(i % 17 for i in range(64)) + bytes([0x12, 4, 0x0A, 2]) + b"{}"
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack(">BI", 0, len(message)) + message)
