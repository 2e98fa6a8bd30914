# Writes a Nim program of some modules with many procedures each. usage: awk -v modules=6 -v procs=200 -f make-nim.awk    into the folder nim/
BEGIN {
  system("mkdir -p nim");
  for (m = 0; m < modules; m++) {
    file = "nim/part" m ".nim";
    print "import std/[tables, sequtils, strutils, json]" > file;
    for (p = 0; p < procs; p++) {
      print "type T" p "* = object\n  a*: int\n  b*: string\n  c*: seq[float]" > file;
      print "proc work" p "*(x: T" p "): JsonNode =\n  var t = initTable[string, seq[float]]()" > file;
      print "  t[x.b & $x.a] = x.c.mapIt(it * " p ".5)\n  result = %*{\"n\": x.a, \"rows\": toSeq(t.keys).join(\",\")}" > file;
    }
    close(file);
  }
  print "import std/json" > "nim/main.nim";
  for (m = 0; m < modules; m++) print "import part" m > "nim/main.nim";
  for (m = 0; m < modules; m++) for (p = 0; p < procs; p++)
    print "echo part" m ".work" p "(part" m ".T" p "(a: 1, b: \"x\", c: @[1.0]))" > "nim/main.nim";
}
