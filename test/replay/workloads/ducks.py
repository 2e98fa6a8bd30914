"""An afternoon with DuckDB: tables are made from tables and stay in memory, as in a notebook.

usage: ducks.py ROWS PAUSE_SECONDS MOST_TABLES (0: nothing is dropped)
"""
import sys
import time

import duckdb

rows, pause, most = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
db = duckdb.connect()
db.execute("set memory_limit = '8GB'; set threads = 2")
db.execute("select setseed(0.42)")
db.execute(
    f"create table orders as select i as id, i % 5000 as customer, random() * 500 as sum, "
    f"date '2024-01-01' + cast(random() * 700 as int) as day, md5(i::varchar) as mark from range({rows}) t(i)"
)
step = 0
while True:
    step += 1
    share = (step * 37) % 60 + 30
    db.execute(
        f"create table step{step} as select o.*, sum(o.sum) over (partition by customer order by day, id) as total, "
        f"'{step}-' || mark as text from orders o where id % 100 < {share}"
    )
    print(step, db.execute(f"select count(*), max(total) from step{step}").fetchall(), flush=True)
    if most and step > most:
        db.execute(f"drop table step{step - most}")
    time.sleep(pause * (3 if step % 5 == 0 else 1))
