"""A report over a table that is read whole into memory. usage: report.py FILE"""
import csv
import sys

with open(sys.argv[1], newline="") as source:
    rows = list(csv.DictReader(source))
by_name = {}
for row in rows:
    by_name.setdefault(row["name"], []).append(float(row["price"]))
top = sorted(by_name.items(), key=lambda pair: -sum(pair[1]))[:10]
print(len(rows), [name for name, _ in top])
