"""Equations on a grid solved with scipy, the grid finer or coarser from one study to the next.

usage: solves.py PAUSE_SECONDS SIDE...
"""
import sys
import time

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

pause = float(sys.argv[1])
sides = [int(word) for word in sys.argv[2:]]
study = 0
while True:
    side = sides[study % len(sides)]
    study += 1
    line = sparse.diags([-1, 2.01, -1], [-1, 0, 1], shape=(side, side))
    grid = sparse.csc_matrix(sparse.kronsum(line, line))
    factors = linalg.splu(grid)
    heat = factors.solve(np.ones(side * side))
    print(study, side, float(heat.max()), flush=True)
    del factors, grid, heat
    time.sleep(pause * (1 + study % 3))
