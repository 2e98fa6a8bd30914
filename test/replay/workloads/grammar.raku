# Reads a log with a grammar in Raku and counts what it saw. usage: raku grammar.raku LINES KEEP   LINES a second; the last KEEP matches stay (0: all)
grammar Line {
  token TOP { <address> ' ' <verb> ' ' <path> ' ' <code> }
  token address { [\d+] ** 4 % '.' }
  token verb { 'GET' | 'POST' }
  token path { ['/' \w+]+ }
  token code { \d ** 3 }
}
my ($rate, $keep) = @*ARGS>>.Int;
my @seen;
my %counts;
loop {
  for ^$rate {
    my $match = Line.parse("10.0.{(^250).pick}.{(^250).pick} GET /shop/item{(^9999).pick}/view {200 + (^9).pick}");
    %counts{~$match<code>}++;
    @seen.push($match);
    @seen.shift if $keep && @seen > $keep;
  }
  sleep 1;
}
