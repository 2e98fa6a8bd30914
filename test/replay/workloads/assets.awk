# Writes pictures and texts as tables of a C program. usage: awk -v kib=400 -f assets.awk > assets.c
BEGIN {
  srand(kib)
  for (t = 0; t < kib / 16; t++) {
    printf "const struct { int id; const char *name; unsigned char data[1024]; } asset%d[] = {\n", t
    for (i = 0; i < 16; i++) {
      printf "{%d,\"a%d_%d\",{", i, t, i
      for (b = 0; b < 1024; b++) printf "%d,", rand() * 256
      print "}},"
    }
    print "};"
  }
}
