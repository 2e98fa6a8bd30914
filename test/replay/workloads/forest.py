"""Models of scikit-learn. usage: forest.py grow|search ROWS TREES PAUSE_S

grow: one forest that gets more trees with every new day of data; search: one forest after the other, the best score stays.
"""
import random
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestRegressor

mode, rows, trees, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
random.seed(3)
data = np.random.rand(rows, 8)
wanted = data[:, 0] * 3 + np.random.rand(rows)
forest = RandomForestRegressor(n_estimators=trees, warm_start=True)
best = -1.0
while True:
    if mode == "grow":
        forest.fit(data, wanted)
        forest.n_estimators += trees
    else:
        tried = RandomForestRegressor(n_estimators=random.randint(trees // 2, trees * 2), max_depth=random.randint(6, 20))
        best = max(best, tried.fit(data, wanted).score(data, wanted))
    time.sleep(pause * random.uniform(0.5, 1.5))
