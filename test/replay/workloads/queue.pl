#!/usr/bin/perl
# A queue that is filled faster than it is emptied. usage: queue.pl IN_A_SECOND OUT_A_SECOND
use strict;
use warnings;
my ($in, $out) = @ARGV;
my @queue;
srand(5);
while (1) {
    push @queue, { id => rand(), body => 'x' x (500 + int(rand(1500))) } for 1 .. $in * (0.5 + rand());
    splice @queue, 0, $out;
    select(undef, undef, undef, 1);
}
