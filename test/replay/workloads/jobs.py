"""Memory of Python programs: lists that grow, batches that come and go, a pool of workers.

usage: jobs.py MODE [NAME=NUMBER ...]
modes: list (mib a second), dict, batches (mib a batch, every s, rise s), frames (peak grows by step), level (top), workers (count, mib), double
"""
import os
import random
import subprocess
import sys
import time

mode = sys.argv[1]
options = dict(pair.split("=") for pair in sys.argv[2:])
random.seed(int(os.environ.get("SEED", "1")))


def number(name, other):
    return float(options.get(name, other))


def block(mib):
    return bytearray(os.urandom(4096) * max(1, int(mib * 256)))


if mode == "list":
    rows = []
    time.sleep(number("delay", 0))
    while True:
        for _ in range(int(number("mib", 1) * 1300)):
            rows.append({"id": random.random(), "text": "x" * random.randint(20, 400)})
        time.sleep(random.uniform(0.5, 1.5))
elif mode == "dict":
    seen = {}
    while True:
        for _ in range(int(number("mib", 1) * 4500)):
            seen[random.random()] = str(random.random())
        if random.random() < 0.05:
            copy = dict(seen)
            del copy
        time.sleep(1)
elif mode == "batches":
    count = 0
    while True:
        count += 1
        parts = []
        size = number("mib", 200) * (1 + number("more", 0) * count) * random.uniform(1 - number("spread", 0.1), 1)
        steps = max(1, int(number("rise", 10) * 2))
        for _ in range(steps):
            parts.append(block(size / steps))
            time.sleep(0.5)
        time.sleep(number("hold", 3))
        del parts
        time.sleep(number("every", 15))
elif mode == "level":
    parts = []
    held = 0.0
    while True:
        mib = number("mib", 4) * max(0.0, 1 - held / number("top", 300))
        if mib > 0.05:
            parts.append(block(mib))
            held += mib
        elif random.random() < 0.2 and parts:
            parts.pop(random.randrange(len(parts)))
            held -= 1
        time.sleep(1)
elif mode == "double":
    # A buffer that doubles when it is full: flat for long, then a copy of everything.
    data = bytearray(8 << 20)
    used = 0
    while True:
        used += int(number("mib", 2) * (1 << 20))
        if used > len(data):
            bigger = bytearray(len(data) * 2)
            bigger[: len(data)] = data
            data = bigger
        data[used - 4096 : used] = b"x" * 4096
        time.sleep(1)
elif mode == "workers":
    children = []
    while True:
        if len(children) < number("count", 8):
            script = "import time,sys; b=bytearray(b'x')*int(float(sys.argv[1])*2**20); time.sleep(float(sys.argv[2]))"
            life = random.uniform(number("short", 20), number("long", 40))
            children.append(subprocess.Popen([sys.executable, "-c", script, str(number("mib", 20)), str(life)]))
        children = [child for child in children if child.poll() is None]
        time.sleep(number("every", 4))
