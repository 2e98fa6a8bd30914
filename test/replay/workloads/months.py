"""A report with polars over so many months: the files are written first, then read and joined at once.

usage: months.py write MONTHS ROWS_A_MONTH | report MONTHS [lazy]
"""
import sys

import numpy as np
import polars as pl

task, months = sys.argv[1], int(sys.argv[2])
if task == "write":
    rows = int(sys.argv[3])
    for month in range(months):
        rng = np.random.default_rng(month)
        pl.DataFrame(
            {
                "customer": rng.integers(0, 20000, rows),
                "item": rng.integers(0, 900, rows),
                "price": rng.random(rows) * 90,
                "note": [f"order {month} {i} of a customer" for i in range(rows)],
            }
        ).write_parquet(f"month{month}.parquet")
else:
    frame = pl.concat([pl.scan_parquet(f"month{m}.parquet").with_columns(month=pl.lit(m)) for m in range(months)])
    if "lazy" in sys.argv:
        print(frame.group_by("customer", "month").agg(pl.col("price").sum()).collect(engine="streaming"))
    else:
        whole = frame.collect()
        best = whole.group_by("customer").agg(pl.col("price").sum().alias("total"))
        print(whole.join(best, on="customer").sort("total", "note").head(5))
