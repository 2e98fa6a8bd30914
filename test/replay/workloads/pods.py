"""A metrics page for Prometheus to scrape. usage: pods.py PORT SERIES LIFE

SERIES are shown at a time; the pod that each belongs to has a new name after LIFE seconds (0: never).
"""
import http.server
import random
import sys
import time

port, series, life = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
born = [time.monotonic() - random.random() * life for _ in range(series // 10)]
names = [f"api-{random.getrandbits(40):x}" for _ in born]


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        now, lines = time.monotonic(), []
        for i, name in enumerate(names):
            if life and now - born[i] > life:
                names[i], born[i] = f"api-{random.getrandbits(40):x}", now
            lines += [f'http_requests_total{{pod="{name}",code="{200 + k}"}} {int(now * k)}\n' for k in range(10)]
        body = "".join(lines).encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Nobody reads it."""


http.server.HTTPServer(("127.0.0.1", port), Page).serve_forever()
