# A site with a calendar that never ends: every day links to the next ones. usage: perl calendar-site.pl PORT KB    KB is the size of a page
use strict;
use IO::Socket::INET;
my ($port, $kb) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 20, ReuseAddr => 1) or die "$!";
while (my $visitor = $server->accept) {
  my $first = <$visitor> // '';
  while (my $line = <$visitor>) { last if $line =~ /^\r?\n$/ }
  my ($day) = $first =~ m{/day/(\d+)};
  $day //= 0;
  my $links = join '', map { '<a href="/day/' . ($day * 3 + $_) . '">later</a> ' } 1 .. 3;
  my $text = join ' ', map { int rand 1e9 } 1 .. $kb * 100 * (0.3 + rand 1.4);
  my $body = "<html><body>$links<p>$text</p></body></html>";
  print $visitor "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
  close $visitor;
}
