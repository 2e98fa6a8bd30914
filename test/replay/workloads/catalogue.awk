# Writes a catalogue of so many products as XML. usage: awk -v products=20000 -f catalogue.awk > catalogue.xml
BEGIN {
  srand(products)
  print "<catalogue>"
  for (i = 0; i < products; i++)
    printf "<product id=\"p%d\" group=\"g%d\"><name>Product %d of %d</name><price>%.2f</price><text>%x %x %x</text></product>\n", \
      i, rand() * 40, i, products, rand() * 900, rand() * 1e9, rand() * 1e9, rand() * 1e9
  print "</catalogue>"
}
