"""Runs the cells of a notebook in a Jupyter kernel, as an editor does, with a person's pauses. usage: jupyter-day.py KIND SCALE

history: every cell shows a table, which the kernel keeps in Out[]; crossing: light cells, after two minutes one that joins two long lists;
restart: the same tables as in history, and the kernel is restarted after every ninth cell.
"""
import random
import sys
import time

from jupyter_client.manager import start_new_kernel

kind, scale = sys.argv[1], int(sys.argv[2])
manager, client = start_new_kernel(extra_arguments=["--HistoryManager.enabled=False"])
random.seed(5)


def run(code):
    client.execute_interactive(code, output_hook=lambda message: None, timeout=300)


start, cell = time.monotonic(), 0
run("import random, json")
while True:
    cell += 1
    rows = int(scale * random.uniform(0.2, 1.8))
    if kind == "crossing":
        run(f"sales = [(i, random.random(), f'buyer {{i % 97}}') for i in range({rows})]")
        run("totals = {}\nfor i, price, buyer in sales: totals[buyer] = totals.get(buyer, 0) + price\nlen(totals)")
        if time.monotonic() - start > 120:
            run("pairs = [(a, b, a[1] * b[1]) for a in sales for b in sales if a[2] == b[2]]\nlen(pairs)")
    else:
        run(f"[{{'i': i, 'price': random.random(), 'name': f'row {{i}}'}} for i in range({rows})]")
    if kind == "restart" and cell % 9 == 0:
        time.sleep(4)
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        run("import random, json")
    time.sleep(random.uniform(1, 7))
