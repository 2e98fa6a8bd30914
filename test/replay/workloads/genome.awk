# Writes a genome of so many thousand letters. usage: awk -v kilo=20000 -f genome.awk > genome.fa
BEGIN {
  srand(kilo)
  split("A C G T", letter, " ")
  for (w = 0; w < 256; w++) word[w] = letter[w % 4 + 1] letter[int(w / 4) % 4 + 1] letter[int(w / 16) % 4 + 1] letter[int(w / 64) + 1]
  for (k = 0; k < kilo; k++) {
    if (k % 5000 == 0) print ">part" k
    line = ""
    for (i = 0; i < 250; i++) line = line word[int(rand() * 256)]
    print line
  }
}
