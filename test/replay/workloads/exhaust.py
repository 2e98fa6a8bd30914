"""Runs out of something that is counted: open files, tasks, disk.

usage: exhaust.py files|sockets|forks|threads|log|blobs|rotate [NAME=NUMBER ...]
"""
import logging
import os
import random
import socket
import subprocess
import sys
import threading
import time

mode = sys.argv[1]
options = dict(pair.split("=") for pair in sys.argv[2:])
random.seed(int(os.environ.get("SEED", "1")))


def number(name, other):
    return float(options.get(name, other))


pause = number("pause", 0.3)
kept = []
if mode == "files":
    while True:
        kept.append(open(f"f{len(kept) % 50}", "a"))
        # Some requests do close what they opened.
        if random.random() < number("closed", 0.2):
            kept.pop(random.randrange(len(kept))).close()
        time.sleep(pause * random.uniform(0.4, 1.6))
elif mode == "sockets":
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    while True:
        kept.append(socket.create_connection(listener.getsockname()))
        kept.append(listener.accept()[0])
        time.sleep(pause * random.uniform(0.4, 1.6))
elif mode == "forks":
    while True:
        kept.append(subprocess.Popen(["sleep", str(number("life", 1000))]))
        if number("reap", 0) and random.random() < number("reap", 0):
            child = kept.pop(random.randrange(len(kept)))
            child.kill()
            child.wait()
        kept = [child for child in kept if child.poll() is None]
        time.sleep(pause * random.uniform(0.4, 1.6))
elif mode == "threads":
    while True:
        thread = threading.Thread(target=time.sleep, args=(number("life", 1000),), daemon=True)
        thread.start()
        time.sleep(pause * random.uniform(0.4, 1.6))
elif mode == "log":
    handler = logging.FileHandler("service.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger()
    logging.raiseExceptions = False
    start = time.time()
    while True:
        rate = number("mib", 1) * (1 + number("more", 0) * (time.time() - start) / 60)
        for _ in range(max(1, int(rate * 10))):
            handler.stream.write("2026-01-01 ERROR request failed " + "x" * 104_000 + "\n")
        handler.stream.flush()
        time.sleep(random.uniform(0.6, 1.4))
elif mode == "blobs":
    while True:
        with open(f"blob-{len(kept)}", "wb") as out:
            for _ in range(int(number("mib", 20) * random.uniform(0.3, 1.7))):
                out.write(os.urandom(1 << 20))
        kept.append(out.name)
        if len(kept) > number("keep", 1e9):
            os.remove(kept.pop(0))
        time.sleep(number("pause", 8) * random.uniform(0.6, 1.4))
elif mode == "rotate":
    while True:
        with open("service.log", "a") as out:
            out.write("x" * int(number("mib", 2) * (1 << 20)))
        if os.path.getsize("service.log") > number("top", 60) * (1 << 20):
            for index in (3, 2, 1):
                if os.path.exists(f"service.log.{index}"):
                    os.replace(f"service.log.{index}", f"service.log.{index + 1}")
            os.replace("service.log", "service.log.1")
            if os.path.exists("service.log.4"):
                os.remove("service.log.4")
        time.sleep(1)
