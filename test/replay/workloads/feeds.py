"""Turns a feed of articles in XML into JSON, the whole of it at once, as small converters do.

usage: feeds.py ARTICLES
"""
import io
import json
import sys
import xml.etree.ElementTree as tree

articles = int(sys.argv[1])
text = io.StringIO()
text.write("<feed>")
for i in range(articles):
    text.write(f"<entry id='e{i}'><title>Article {i}</title><author>a{i % 97}</author><body>{i * 7919 % 1000003} {'word ' * 30}{i}</body></entry>")
text.write("</feed>")
root = tree.fromstring(text.getvalue())
del text
entries = [{"id": entry.get("id"), **{part.tag: part.text for part in entry}} for entry in root]
print(len(json.dumps(entries, indent=1)))
