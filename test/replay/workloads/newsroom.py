"""Readers and a writer of NATS, in its line protocol. usage: newsroom.py PORT KBPS READERS SLOW

KBPS is what is published in a second, in bursts and pauses; of the READERS the first SLOW read 40 KB a second each, the others all they get.
"""
import random
import socket
import sys
import threading
import time

port, kbps, readers, slow = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


def connect(name):
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    line.sendall(b'CONNECT {"verbose":false,"pedantic":false,"name":"%b"}\r\n' % name.encode())
    return line


def read(number):
    line = connect(f"reader{number}")
    line.sendall(b"SUB news.* 1\r\nPING\r\n")
    while True:
        got = line.recv(8192 if number < slow else 262144)
        if b"PING\r\n" in got[-40:]:
            line.sendall(b"PONG\r\n")
        if not got:
            sys.exit("the server hung up")
        if number < slow:
            time.sleep(0.2)


for number in range(readers):
    threading.Thread(target=read, args=(number,), daemon=True).start()
writer = connect("writer")
threading.Thread(target=lambda: [writer.sendall(b"PONG\r\n") for _ in iter(lambda: writer.recv(4096), b"")], daemon=True).start()
start = time.monotonic()
while True:
    busy = 2.2 if (time.monotonic() - start) % 50 < 20 else 0.2
    data = random.randbytes(random.randrange(500, 9000))
    writer.sendall(b"PUB news.%d %d\r\n%b\r\n" % (random.randrange(9), len(data), data))
    time.sleep(len(data) / 1024 / kbps / busy)
