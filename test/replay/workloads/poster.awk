# Writes a drawing with so many soft shapes. usage: awk -v shapes=40 -v side=1200 -f poster.awk > poster.svg
BEGIN {
  srand(shapes)
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 1000 1000\">\n", side, side
  print "<filter id=\"soft\" x=\"0\" y=\"0\" width=\"1\" height=\"1\"><feGaussianBlur stdDeviation=\"6\"/></filter>"
  for (i = 0; i < shapes; i++)
    printf "<g filter=\"url(#soft)\" opacity=\"0.8\"><rect width=\"1000\" height=\"1000\" fill=\"none\"/><circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"#%06x\"/></g>\n", rand() * 1000, rand() * 1000, 20 + rand() * 160, rand() * 16777215
  print "</svg>"
}
