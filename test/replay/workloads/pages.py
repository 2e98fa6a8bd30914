"""A Flask site that renders its pages once and keeps them. usage: pages.py PORT KB MOST    MOST pages are kept, 0: every one"""
import functools
import logging
import random
import sys

from flask import Flask, render_template_string, request

port, kb, most = (int(word) for word in sys.argv[1:4])
app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)


@functools.lru_cache(maxsize=most or None)
def page(number):
    rows = [(number * i, f"row {i} of page {number} {random.random()}") for i in range(kb * 12)]
    return render_template_string("{% for a, b in rows %}<li id={{ a }}>{{ b }}{% endfor %}", rows=rows), rows


@app.get("/")
def show():
    return page(request.args.get("n", 0, int))[0]


app.run(port=port, threaded=True)
