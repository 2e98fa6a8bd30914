# Players who come to a lobby, one after the other, and stay as long as they are let. usage: perl players.pl PORT PER_SECOND PROCESSES
# They are divided among some processes, so that none of them has as many open sockets as the server.
use strict;
use IO::Socket::INET;
my ($port, $rate, $processes) = @ARGV;
for my $part (1 .. $processes) {
  next if fork;
  srand $part;
  my @inside;
  while (1) {
    my $player = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5);
    if ($player) {
      print $player "player$part-" . @inside . "\r\n";
      $player->flush;
      push @inside, $player;
    }
    # Those who were sent home hang up as well.
    @inside = grep { my $in = ''; vec($in, fileno $_, 1) = 1; !(select($in, undef, undef, 0) && sysread($_, my $text, 99) == 0) } @inside;
    my $busy = time % 60 < 25 ? 1.7 : 0.5;
    select undef, undef, undef, $processes / $rate / $busy * (0.5 + rand);
  }
}
wait;
