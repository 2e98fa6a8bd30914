"""Writes keys to etcd over its JSON gateway, the same names again and again. usage: keyfeed.py PORT RATE KB [COMPACT]

RATE is puts a second, KB the size of a value; every COMPACT seconds old revisions are thrown away and the file is made small (0: never).
"""
import base64
import http.client
import json
import random
import sys
import time

port, rate, kb = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
compact = float(sys.argv[4]) if len(sys.argv) > 4 else 0
server = http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def ask(path, body):
    server.request("POST", f"/v3/{path}", json.dumps(body))
    return json.loads(server.getresponse().read())


def text(data):
    return base64.b64encode(data).decode()


last = time.monotonic()
while True:
    key = f"/config/service{random.randrange(300)}".encode()
    answer = ask("kv/put", {"key": text(key), "value": text(random.randbytes(int(kb * 1024 * random.uniform(0.4, 1.6))))})
    if "header" not in answer:
        sys.exit(f"{answer}")
    if compact and time.monotonic() - last > compact:
        last = time.monotonic()
        ask("kv/compaction", {"revision": answer["header"]["revision"], "physical": True})
        ask("maintenance/defragment", {})
    time.sleep(random.expovariate(rate))
