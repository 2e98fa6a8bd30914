# Writes a D module full of templates and functions that run while it is compiled. usage: awk -v types=20 -f make-dlang.awk > app.d
BEGIN {
  print "module app;\nimport std.algorithm, std.array, std.conv, std.format, std.range, std.stdio;"
  for (t = 1; t <= types; t++) {
    printf "struct Row%d { int id; string name; double[] sums; long part%d; }\n", t, t
    printf "string table%d() { string all; foreach (i; 0 .. %d) all ~= \"row \" ~ i.to!string ~ \";\"; return all; }\n", t, 40 + t
    printf "enum text%d = table%d();\n", t, t
    printf "auto best%d(Row%d[] rows) { return rows.filter!(r => r.id > %d).map!(r => format!\"%%s %%s %%.2f\"(r.id, r.name, r.sums.sum)).array.sort.uniq.join(\",\"); }\n", t, t, t
  }
  print "void main() { size_t n;"
  for (t = 1; t <= types; t++)
    printf "  n += best%d([Row%d(%d, \"a\", [1.0])]).length + text%d.length;\n", t, t, t + 1, t
  print "  writeln(n);\n}"
}
