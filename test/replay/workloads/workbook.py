"""An export to a workbook with openpyxl, whose cells are all in memory until it is saved.

usage: workbook.py FILE ROWS
"""
import random
import sys

from openpyxl import Workbook
from openpyxl.styles import Font

name, rows = sys.argv[1], int(sys.argv[2])
book = Workbook()
for month in range(4):
    sheet = book.create_sheet(f"month {month}")
    sheet.append(["id", "customer", "item", "price", "sum"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in range(rows // 4):
        price = random.random() * 90
        sheet.append([row, f"customer {row % 977}", f"item {month} {row}", price, price * (1 + row % 7)])
book.save(name)
