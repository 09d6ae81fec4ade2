#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Clients of a clamd-speaking service, by INSTREAM over a Unix socket: so many at once, each with one message
# after another. Perl's own modules alone.
#
#   service_load.pl SOCKET FILE CLIENTS SECONDS     one JSON object: scans, seconds, p50 and p99 in seconds
#
# An answer that is neither OK nor FOUND ends the measurement: what is not scanned is not fast.
use strict;
use warnings;
use IO::Socket::UNIX;
use Time::HiRes qw(time);

my ($socket, $file, $clients, $seconds) = @ARGV;
open my $in, "<", $file or die "$file: $!";
binmode $in;
my $message = do { local $/; <$in> };
my $request = "zINSTREAM\0" . pack("N", length $message) . $message . pack("N", 0);

sub one {
    my $peer = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $socket) or die "$socket: $!";
    for (my $sent = 0; $sent < length $request;) {
        my $now = syswrite $peer, $request, length($request) - $sent, $sent;
        die "the service went away: $!" if !defined $now;
        $sent += $now;
    }
    my $answer = "";
    while (sysread $peer, my $buffer, 4096) { $answer .= $buffer; last if $answer =~ /\0$/ }
    die "answered \"$answer\"" if $answer !~ /(OK|FOUND)\0$/;
}

my (@pipes, @times);
my $start = time;
for (1 .. $clients) {
    pipe my $reads, my $writes or die;
    if (!fork) {
        close $reads;
        my @mine;
        while (time < $start + $seconds) { my $begin = time; one(); push @mine, time - $begin }
        print $writes pack("d*", @mine);
        close $writes;
        exit 0;
    }
    close $writes;
    push @pipes, $reads;
}
for my $pipe (@pipes) { local $/; my $octets = <$pipe>; push @times, unpack "d*", $octets // "" }
my $elapsed = time - $start;
my $failed = 0;
while ((my $child = wait) > 0) { $failed ||= $? }
die "a client failed\n" if $failed || !@times;
@times = sort { $a <=> $b } @times;
sub at { my ($share) = @_; return $times[int($share * $#times)] }
printf "{\"scans\": %d, \"seconds\": %.3f, \"p50\": %.6f, \"p99\": %.6f}\n", scalar @times, $elapsed, at(0.5), at(0.99);
