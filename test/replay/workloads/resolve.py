"""Asks a name server for names. usage: resolve.py PORT RATE NAMES    of NAMES different ones, the first ones oftener; 0: always a new one"""
import random
import socket
import struct
import sys
import time

port, rate, names = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.connect(("127.0.0.1", port))
line.settimeout(0.5)
count = 0
while True:
    for _ in range(20):
        count += 1
        number = int(names * random.random() ** 2) if names else count
        labels = b"".join(bytes([len(part)]) + part for part in (b"host%d" % number, b"rack%d" % (number % 40), b"lan"))
        try:
            line.send(struct.pack(">6H", count % 65536, 256, 1, 0, 0, 0) + labels + b"\0\0\1\0\1")
            line.recv(1500)
        except OSError:
            pass  # No answer, or nobody there yet: the next one.
    time.sleep(20 / rate)
