#!/usr/bin/perl
# A CGI script that builds an invoice in memory, of 2 to 26 MB, and takes a moment over it.
use strict;
my @rows = map { { number => $_, text => 'item ' . rand } } 1 .. 4000 + rand 50000;
select undef, undef, undef, 0.3 + rand 1.5;
print "Content-Type: text/plain\r\n\r\n", scalar(@rows), " rows\n";
