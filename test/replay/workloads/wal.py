"""A service that writes into SQLite in WAL mode. usage: wal.py KB_A_SECOND reader|free [ROWS=8000]

reader: a report holds its read transaction open all the time, so the log can never be taken over into the database; free: it ends, and comes again after a while.
"""
import random
import sqlite3
import sys
import time

rate, mode = float(sys.argv[1]), sys.argv[2]
rows = int(sys.argv[3]) if len(sys.argv) > 3 else 8000
writer = sqlite3.connect("orders.db", isolation_level=None)
writer.execute("pragma journal_mode=wal")
writer.execute("create table orders (id integer primary key, text blob)")
writer.execute("insert into orders (text) values ('first')")
reader = sqlite3.connect("orders.db", isolation_level=None)
count = 0
while True:
    if mode == "free" and count % 40 == 20:
        reader.execute("commit")
    if count == 0 or (mode == "free" and count % 40 == 0):
        reader.execute("begin")
        reader.execute("select count(*) from orders").fetchone()
    count += 1
    number = random.randrange(rows // 4)
    for i in range(4):
        body = random.randbytes(int(rate * 256 * random.uniform(0.3, 1.7)))
        writer.execute("insert or replace into orders values (?, ?)", (number + i * (rows // 4) + 1, body))
    time.sleep(1)
