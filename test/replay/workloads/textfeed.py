"""Feeds a server that speaks a line protocol: memcached (items of every size) or beanstalkd (jobs, and workers that take them out).

usage: textfeed.py memcached PORT [rate=50] [kb=4] [keys=0]
       textfeed.py beanstalk PORT [rate=50] [kb=4] [work=10] [shape=steady|waves]

`rate` is a second, `keys` how many keys there are (0: every item has a new one), `work` how many jobs the workers manage in a second.
"""
import math
import os
import random
import socket
import sys
import threading
import time

protocol, port = sys.argv[1], int(sys.argv[2])
options = dict(pair.split("=") for pair in sys.argv[3:])
random.seed(int(os.environ.get("SEED", "1")))
rate, kb = float(options.get("rate", 50)), float(options.get("kb", 4))
keys, work = int(options.get("keys", 0)), float(options.get("work", 10))


def lines():
    return socket.create_connection(("127.0.0.1", port)).makefile("rwb", buffering=0)


def body():
    return random.randbytes(int(kb * 1024 * random.uniform(0.3, 1.7)))


def take():
    server = lines()
    while True:
        server.write(b"reserve\r\n")
        _, number, size = server.readline().split()
        left = int(size) + 2
        while left > 0:
            left -= len(server.read(left))
        server.write(b"delete " + number + b"\r\n")
        server.readline()
        time.sleep(1 / work)


if protocol == "beanstalk":
    threading.Thread(target=take, daemon=True).start()
server = lines()
count = 0
start = time.monotonic()
while True:
    count += 1
    data = body()
    if protocol == "memcached":
        key = random.randrange(keys) if keys else count
        server.write(b"set item%d 0 0 %d\r\n%b\r\n" % (key, len(data), data))
    else:
        server.write(b"put 100 0 60 %d\r\n%b\r\n" % (len(data), data))
    server.readline()
    wave = 1.0 if options.get("shape") != "waves" else max(0.04, 1 + math.sin((time.monotonic() - start) / 11))
    time.sleep(random.expovariate(1) / (rate * wave))
