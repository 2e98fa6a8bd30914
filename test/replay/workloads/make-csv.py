"""Writes a table of orders. usage: make-csv.py FILE ROWS"""
import random
import sys

random.seed(3)
with open(sys.argv[1], "w") as out:
    out.write("id,name,price,text\n")
    for index in range(int(sys.argv[2])):
        out.write(f"{index},name{random.randrange(99999)},{random.random():.6f},{'t' * random.randrange(80)}\n")
