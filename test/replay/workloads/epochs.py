"""Trains a small net with numpy, batch by batch, and keeps what it needs for the picture of the training.

usage: epochs.py WIDTH BATCHES_AN_EPOCH KEEP
KEEP: how many of the weights of past epochs stay (0: all), as for averaging or going back.
"""
import os
import sys
import time

import numpy as np

width, batches, keep = (int(word) for word in sys.argv[1:4])
rng = np.random.default_rng(int(os.environ.get("SEED", "1")))
data = rng.standard_normal((6000, 64), dtype=np.float32)
target = np.sin(data[:, :1] * 3) + data[:, 1:2] ** 2
shapes = [(64, width), (width, width), (width, 1)]
weights = [rng.standard_normal(s, dtype=np.float32) / np.sqrt(s[0]) for s in shapes]
past = []
losses = []
epoch = 0
while True:
    epoch += 1
    for _ in range(batches):
        rows = rng.integers(0, len(data), 256)
        x = data[rows]
        a = np.maximum(x @ weights[0], 0)
        b = np.maximum(a @ weights[1], 0)
        error = b @ weights[2] - target[rows]
        losses.append(float((error**2).mean()))
        gb = (error @ weights[2].T) * (b > 0)
        ga = (gb @ weights[1].T) * (a > 0)
        for w, g in zip(weights, (x.T @ ga, a.T @ gb, b.T @ error)):
            w -= 1e-3 / 256 * g
        time.sleep(0.02)
    past.append([w.copy() for w in weights])
    if keep and len(past) > keep:
        past.pop(0)
    # The check at the end of an epoch takes the whole set at once.
    whole = np.maximum(np.maximum(data @ weights[0], 0) @ weights[1], 0) @ weights[2]
    print(epoch, np.mean(losses[-batches:]), float(((whole - target) ** 2).mean()), flush=True)
    time.sleep(1.5)
