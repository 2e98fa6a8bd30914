"""Work with pandas as in a notebook. usage: tables.py concat|notebook|chunks|crossing ROWS PAUSE_S [MOST_OR_AFTER_S]

concat: one frame, to which every new one is appended; notebook: each cell keeps its result under a new name, the last MOST of them (0: all);
chunks: each is summed and forgotten; crossing: small sums, and AFTER_S seconds later a join whose key is the same in all rows.
"""
import random
import sys
import time

import numpy as np
import pandas as pd

mode, rows, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
last = float(sys.argv[4]) if len(sys.argv) > 4 else 0
random.seed(5)
names = np.array([f"name {i}" for i in range(5000)], dtype=object)


def chunk(count):
    return pd.DataFrame(
        {"id": np.arange(count), "price": np.random.rand(count), "name": np.random.choice(names, count), "key": 1}
    )


start = time.monotonic()
table = chunk(10)
cells = []
sums = []
while True:
    new = chunk(int(rows * random.uniform(0.3, 1.7)))
    if mode == "concat":
        table = pd.concat([table, new], ignore_index=True)
    elif mode == "notebook":
        # Now and then a cell that makes something large.
        cells.append(new.assign(**{f"c{i}": new.price * i for i in range(random.choice([1, 2, 2, 12]))}))
        if last and len(cells) > last:
            cells.pop(0)
    elif mode == "crossing" and time.monotonic() - start > last:
        table = new.merge(new, on="key")
    sums.append(new.groupby("name").price.sum().mean())
    time.sleep(pause * random.uniform(0.5, 1.5))
