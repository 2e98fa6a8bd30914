"""Orders through a queue of RabbitMQ. usage: rabbit-orders.py PORT RATE KB WORK    RATE a second come in waves, a worker manages WORK (0: none is there)"""
import math
import random
import sys
import threading
import time

import pika

port, rate, kb, work = int(sys.argv[1]), *map(float, sys.argv[2:])


def channel():
    line = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, heartbeat=0, connection_attempts=30, retry_delay=2))
    one = line.channel()
    one.queue_declare("orders")
    return one


def take():
    one = channel()
    one.basic_qos(prefetch_count=5)
    for method, _, _ in one.consume("orders"):
        time.sleep(random.expovariate(work))
        one.basic_ack(method.delivery_tag)


if work:
    threading.Thread(target=take, daemon=True).start()
out = channel()
start = time.monotonic()
while True:
    out.basic_publish("", "orders", random.randbytes(int(kb * 1024 * random.uniform(0.3, 1.7))))
    wave = 1 + 0.9 * math.sin((time.monotonic() - start) / 9)
    time.sleep(random.expovariate(rate * wave))
