"""Memory of a Python service that follows a course, in real blocks that are taken and given back.

usage: courses.py SHAPE [NAME=NUMBER ...]
leaks: linear (rate), bends (rate, more), stairs (step, every), bursts (rate), saw (rate, tooth, period), late (delay, rate)
none: stops (rate, top), warm (top, tau), sawflat (base, tooth, period), waves (base, top, up, rest), stepped (step, every, top), drift (base, tooth)
Sizes are MiB, times seconds.
"""
import math
import os
import random
import sys
import time

shape = sys.argv[1]
options = {name: float(value) for name, value in (pair.split("=") for pair in sys.argv[2:])}
random.seed(int(os.environ.get("SEED", "1")))


def o(name, other):
    return options.get(name, other)


steps = 0.0
drifting = 0.0


def target(t):
    global steps, drifting
    base = o("base", 4)
    rate = o("rate", 1.5)
    since = max(0.0, t - o("delay", 0))
    if shape in ("linear", "late"):
        return base + rate * since
    if shape == "bends":
        return base + rate * since * (1 + o("more", 0.5) * since / 60)
    if shape == "stairs":
        return base + o("step", 10) * math.floor(since / o("every", 8))
    if shape == "stepped":
        return min(o("top", 150), base + o("step", 10) * math.floor(since / o("every", 8)))
    if shape == "bursts":
        if random.random() < 0.08:
            steps += rate * random.uniform(1, 5)
        return base + steps
    if shape == "saw":
        period = o("period", 10)
        return base + rate * since + o("tooth", 20) * (t % period) / period
    if shape == "sawflat":
        period = o("period", 10)
        return base + o("tooth", 20) * ((t % period) / period) ** o("bend", 1)
    if shape == "stops":
        return min(o("top", 150), base + rate * since)
    if shape == "warm":
        return base + o("top", 150) * (1 - math.exp(-since / o("tau", 30)))
    if shape == "waves":
        up = o("up", 15)
        at = t % (2 * up + o("rest", 10))
        return base + (o("top", 150) - base) * (at / up if at < up else 2 - at / up if at < 2 * up else 0)
    drifting += random.uniform(-1, 1) * o("tooth", 2) - 0.02 * drifting
    return base + drifting


SIZE = 128 * 1024
held = []
start = time.time()
while True:
    wanted = max(0, target(time.time() - start)) * (1 << 20) / SIZE
    while len(held) < wanted:
        held.append(bytearray(os.urandom(64) * (SIZE // 64)))
    while len(held) > wanted + 1:
        held.pop()
    time.sleep(0.25)
