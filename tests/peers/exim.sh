#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Exim's malware condition in the DATA ACL, over the Unix socket (it sends SCAN with a path) and over TCP (INSTREAM).
# One SMTP session on standard input each; nothing listens and nothing is delivered.
. "$(dirname "$0")/lib.sh"
unpack exim4-daemon-heavy
exim=$peers/usr/sbin/exim4
needs "$exim"
with_users Debian-exim
mkdir -p "$work/spool"
chmod 777 "$work/spool"
start_scand scand --config "$(config_with_roots)"

# configure SCANNER-ADDRESS
configure() {
    cat > "$work/exim.conf" <<END
exim_user = root
exim_group = root
spool_directory = $work/spool
log_file_path = $work/%slog
av_scanner = clamd:$1
acl_smtp_rcpt = accept
acl_smtp_data = check
queue_only
begin acl
check:
  deny malware = *
       message = infected: \$malware_name
  accept message = clean as far as we know
begin routers
begin transports
END
}

# say FILE: the session's replies.
say() {
    { printf 'EHLO localhost\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n'
      cat "$1"
      printf '\r\n.\r\nQUIT\r\n'; } | "$exim" -C "$work/exim.conf" -bs 2>&1 | tr -d '\r'
}

for way in "$socket" "127.0.0.1 $port"; do
    configure "$way"
    expect_match "$way: clean is accepted" '^250 clean as far as we know$' "$(say "$clean")"
    for file in "$virus" "$zipped"; do
        expect_match "$way: $(basename "$file") is refused" '^550.*infected: .*[Ee]icar' "$(say "$file")"
    done
done
configure "$work/nobody.sock"
expect_match "nobody there: the message is deferred" '^451 ' "$(say "$clean")"
report
