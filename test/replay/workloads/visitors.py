"""Visitors of a web server on this machine: GET requests at a rate that follows a course.

usage: visitors.py PORT [path=/] [rps=5] [shape=steady|waves|bursts|rising] [pages=0] [stop=0]

`pages` is how many different pages there are (0: every request asks for a new one), `stop` after how many seconds they go home.
"""
import http.client
import math
import os
import random
import sys
import time

port = int(sys.argv[1])
options = dict(pair.split("=", 1) for pair in sys.argv[2:])
random.seed(int(os.environ.get("SEED", "1")))
rps = float(options.get("rps", 5))
shape = options.get("shape", "steady")
pages = int(options.get("pages", 0))
stop = float(options.get("stop", 0))
start = time.monotonic()
count = 0


def pace(seconds):
    """Share of the rate at a time."""
    if shape == "waves":
        return max(0.05, 1 + math.sin(seconds / 12))
    if shape == "bursts":
        return 4 if seconds % 40 < 8 else 0.25
    if shape == "rising":
        return 0.3 + seconds / 120
    return 1


while stop == 0 or time.monotonic() - start < stop:
    count += 1
    page = int(pages * random.random() ** 2) if pages else count
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", f"{options.get('path', '/')}?n={page}&user={random.randrange(10**6)}")
        connection.getresponse().read()
        connection.close()
    except OSError:
        # A server that is busy or gone: the next one tries again.
        time.sleep(0.5)
    time.sleep(random.expovariate(1) / (rps * pace(time.monotonic() - start)))
while True:
    time.sleep(60)
