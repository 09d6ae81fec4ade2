#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clamav-milter under Postfix: it sends the messages of Postfix' smtpd to scand, and Postfix refuses what is found.
. "$(dirname "$0")/lib.sh"
with_users postfix postdrop clamav
for package in postfix clamav-milter; do unpack "$package"; done
postfix=$peers/usr/lib/postfix
export LD_LIBRARY_PATH=$postfix
needs "$peers/usr/sbin/clamav-milter"
needs "$postfix/sbin/smtpd"
start_scand scand
milter=$(free_port)
smtp=$(free_port)
cat > "$work/milter.conf" <<END
MilterSocket inet:$milter@127.0.0.1
ClamdSocket unix:$socket
Foreground yes
OnInfected Reject
RejectMsg infected: %v
OnFail Defer
AddHeader Replace
LogFile $work/milter.log
LogInfected Basic
END
"$peers/usr/sbin/clamav-milter" -c "$work/milter.conf" > "$work/milter.out" 2>&1 &
started+=($!)
wait_for clamav-milter answers_on "$milter"

mkdir -p "$work/config" "$work/queue" "$work/data"
chown postfix "$work/data"
cat > "$work/config/main.cf" <<END
compatibility_level = 3.6
queue_directory = $work/queue
data_directory = $work/data
daemon_directory = $postfix/sbin
command_directory = $peers/usr/sbin
shlib_directory = $postfix
meta_directory = $work/config
sendmail_path = $peers/usr/sbin/sendmail
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
default_transport = discard
smtpd_milters = inet:127.0.0.1:$milter
milter_default_action = tempfail
maillog_file = $work/mail.log
maillog_file_prefixes = /tmp
import_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH=$postfix
END
cat > "$work/config/master.cf" <<END
127.0.0.1:$smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
END
for folder in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    mkdir "$work/queue/$folder" && chown postfix "$work/queue/$folder"
done
for folder in maildrop public; do mkdir "$work/queue/$folder" && chown postfix:postdrop "$work/queue/$folder"; done
mkdir "$work/queue/pid"
MAIL_CONFIG=$work/config "$postfix/sbin/master" -c "$work/config" -d > "$work/master.out" 2>&1 &
started+=($!)
wait_for Postfix answers_on "$smtp"

# say FILE: the session's replies, one command at a time.
say() {
    local line
    exec 5<> "/dev/tcp/127.0.0.1/$smtp"
    hear
    for line in 'HELO localhost' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.com>' DATA; do
        printf '%s\r\n' "$line" >&5
        hear
    done
    cat "$1" >&5
    printf '\r\n.\r\n' >&5
    hear
    printf 'QUIT\r\n' >&5
    exec 5>&-
}
hear() {
    local line
    while read -r -t 30 line <&5; do
        printf '%s\n' "${line%$'\r'}"
        [[ $line =~ ^[0-9]{3}- ]] || break
    done
}
expect_match "clean is accepted" '^250 2.0.0 Ok: queued as' "$(say "$clean")"
for file in "$virus" "$zipped"; do
    expect_match "$(basename "$file") is refused" '^5[0-9][0-9] .*infected: .*[Ee]icar' "$(say "$file")"
done
[ "$failures" = 0 ] || tail -n 20 "$work"/mail.log "$work"/*.out "$work/milter.log" || true
report
