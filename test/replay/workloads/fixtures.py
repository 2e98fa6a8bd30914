"""A test suite for pytest, copied to a name it finds. MIB is the size of what a test needs, KEEP=1 keeps it until the session ends."""
import os
import random
import time

import pytest

size = float(os.environ.get("MIB", "2"))
keep = os.environ.get("KEEP") == "1"
kept = []


def rows(mib):
    return [f"{i} {random.random()}" for i in range(int(mib * 9_000))]


@pytest.fixture
def database():
    data = {"orders": rows(size * random.uniform(0.3, 1.7))}
    yield data
    if keep:
        kept.append(data)


@pytest.mark.parametrize("number", range(int(os.environ.get("TESTS", "200"))))
def test_orders(database, number):
    # A slow one in between.
    time.sleep(6 if number % 17 == 16 else random.uniform(0.3, 1.6))
    assert len(set(database["orders"])) > 0
