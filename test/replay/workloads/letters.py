"""A WSGI site whose requests leave something behind; the server in front of it renews the workers. usage: gunicorn letters:app    $KB a request"""
import os
import random

kb = int(os.environ.get("KB", "150"))
drafts = []


def app(environ, start_response):
    drafts.append([f"{random.random()} dear {i}" for i in range(kb * 10)])
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{len(drafts)} drafts\n".encode()]
