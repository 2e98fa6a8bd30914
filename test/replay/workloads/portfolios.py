"""A Monte Carlo study: tasks of all sizes for a few processes, each of which is replaced after some tasks.

usage: portfolios.py PROCESSES TASKS_A_PROCESS MOST_MIB
"""
import multiprocessing
import os
import random
import sys
import time

import numpy as np
from scipy import linalg, stats


def study(task):
    rng = np.random.default_rng(task)
    share = rng.random() ** 2
    rows = int(share * most * 2**20 / 8 / 250) + 100
    paths = rng.standard_normal((rows, 250))
    paths.cumsum(axis=1, out=paths)
    time.sleep(rng.random() * 2)
    values = linalg.svdvals(paths[: min(rows, 300)])
    return task, float(stats.skew(paths[:, -1])), float(values[0])


processes, lives, most = (int(word) for word in sys.argv[1:4])
if __name__ == "__main__":
    first = int(os.environ.get("SEED", "1")) * 1_000_000
    with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=lives) as pool:
        for task, skew, value in pool.imap_unordered(study, range(first, first + 1_000_000)):
            if random.random() < 0.05:
                print(task, skew, value, flush=True)
