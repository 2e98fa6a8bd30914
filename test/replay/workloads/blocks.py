"""Large matrices with dask, in blocks of which only a few are in memory at a time; between two runs one looks at the result.

usage: blocks.py SIDE BLOCK WORKERS
"""
import os
import sys
import time

import dask
import dask.array as da

side, block, workers = (int(word) for word in sys.argv[1:4])
dask.config.set(scheduler="threads", num_workers=workers)
rng = da.random.default_rng(int(os.environ.get("SEED", "1")))
run = 0
while True:
    run += 1
    a = rng.normal(size=(side, side), chunks=(block, block))
    if run % 3 == 0:
        result = da.diag(a @ a.T).mean()
    elif run % 3 == 1:
        result = da.exp(a).sum(axis=0).std()
    else:
        result = ((a - a.mean(axis=0)) ** 2).sum(axis=1).max()
    print(run, float(result.compute()), flush=True)
    time.sleep(3 + run * 5 % 9)
