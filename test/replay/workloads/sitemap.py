"""A crawler that keeps the map of a site as a graph: every page it sees becomes a node with what was read there, every link an edge.
Now and then the parts that hang together are counted.

usage: sitemap.py PAGES_A_SECOND MOST_PAGES (0: the site has no end)
"""
import os
import random
import sys
import time

import networkx as nx

rate, most = float(sys.argv[1]), int(sys.argv[2])
random.seed(int(os.environ.get("SEED", "1")))
site = nx.DiGraph()
queue = ["/"]
start = time.monotonic()
seen = 0
while True:
    # A section of the site is read quickly, another slowly.
    here = rate * (3 if int((time.monotonic() - start) / 17) % 3 == 0 else 0.6)
    for _ in range(max(1, int(here / 5))):
        if most and site.number_of_nodes() >= most:
            site.nodes[random.choice(queue)]["seen"] = time.time()
            continue
        page = queue.pop(random.randrange(len(queue))) if len(queue) > 400 else random.choice(queue)
        seen += 1
        title = " ".join(random.choice("abcdefgh") * random.randint(3, 9) for _ in range(20))
        site.add_node(page, title=title, seen=time.time(), status=200)
        for _ in range(random.randint(2, 9)):
            to = f"{page[:40]}/{random.randint(0, 60)}-{seen}"
            site.add_edge(page, to, text=title[:20], rel=None)
            queue.append(to)
    if int(time.monotonic() - start) % 31 == 0:
        print(nx.number_weakly_connected_components(site), site.number_of_nodes(), flush=True)
    time.sleep(0.2)
