# Writes a book for pdflatex. usage: awk -v parts=40 -f chapters.awk > book.tex
BEGIN {
  print "\\documentclass{book}\\begin{document}\\tableofcontents"
  for (i = 1; i <= parts; i++) {
    printf "\\chapter{Part %d}\\label{p%d}\n", i, i
    for (k = 1; k <= 12; k++) {
      printf "\\section{On %d}\nSee chapter~\\ref{p%d} on page~\\pageref{p%d}. ", k, k, k
      for (w = 0; w < 160; w++) printf "word%d of $x_{%d}^2+\\sum_i a_i$ ", w % 37, w
      print "\n\\begin{tabular}{lll}a & b & c\\\\ 1 & 2 & 3\\end{tabular}\n"
    }
  }
  print "\\end{document}"
}
