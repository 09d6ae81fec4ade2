#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a signature set that clean mail hits all the time: probes.ndb and probes.ldb in the folder named.
#
# Real sets find next to nothing in clean mail, so they compare little. A probe is a common text asked
# for in every target and in every container: where two scanners decode a part, tell its type or
# normalise it differently, hundreds of probes say so.
set -euo pipefail
[ $# = 1 ] || { echo "usage: make_probes.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"

hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
wide() { printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ \(..\)/\100/g'; }

# What prose, pages, mail, documents, pictures and programs have in them.
texts=('the ' ' and ' 'ing ' 'you ' 'please' 'meeting' 'invoice' 'Regards' 'regards' 'Thank' 'click here' '2001'
       'http://' 'https://' 'www.' '@' '.com' 'unsubscribe' 'receive' 'email'
       '<html' '<HTML' '<body' '<a href' 'href="' '<script' '</script>' 'function' '<table' '<td>' '&nbsp;' '<!--' 'style='
       'text/css' '<br>' '<p>' '</p>' 'javascript' 'document.' 'src="cid:'
       'Received: ' 'Message-ID' 'Subject: ' 'Content-Type' 'boundary=' 'MIME-Version' 'base64' 'quoted-printable' 'From: '
       '=20' '=3D' '--' 'begin 644' 'multipart/' 'charset='
       '%PDF-1' 'endstream' '/FlateDecode' 'endobj' '/Font' 'xref' '/Type' 'obj' 'startxref'
       'PK' '[Content_Types].xml' 'word/document.xml' 'xl/workbook' '<?xml' 'xmlns' '<w:t>' '<w:p' 'mimetype' 'META-INF'
       'JFIF' 'IHDR' 'GIF89a' 'Photoshop' 'IDAT' 'Exif'
       'This program' '.text' 'KERNEL32' 'ELF' 'rtf1' 'fonttbl' 'pard' 'Microsoft' 'Normal.dot' 'BEGIN:VCALENDAR')
targets=(0 1 2 3 4 5 6 7 9 10 11 12)
containers=(MAIL ZIP GZ MSOLE2 PDF RTF HTML TNEF 7Z RAR ARJ BZ OOXML_WORD OOXML_XL OOXML_PPT ANY POSIX_TAR OLD_TAR MSCAB XZ)

number=0
for text in "${texts[@]}"; do
    number=$((number + 1))
    octets=$(hex "$text")
    for target in "${targets[@]}"; do
        # A literal of a few octets is no signature where everything is searched.
        [ ${#octets} -ge 6 ] && echo "P$number.T$target:$target:*:$octets"
    done
    [ ${#octets} -ge 6 ] || continue
    echo "P$number.Wide:0:*:$(wide "$text")"
    for place in 0,64 100,400 1000,1000 EOF-200,180; do echo "P$number.At${place//[,-]/_}:0:$place:$octets"; done
done > "$1/probes.ndb"

number=0
for text in "${texts[@]}"; do
    number=$((number + 1))
    octets=$(hex "$text")
    [ ${#octets} -ge 6 ] || continue
    for container in "${containers[@]}"; do
        echo "P$number.In$container;Engine:81-255,Container:CL_TYPE_$container,Target:0;0;$octets"
    done
    echo "P$number.Caseless;Engine:81-255,Target:0;0;$octets::i"
    echo "P$number.Many;Engine:81-255,Target:0;0>4;$octets"
    echo "P$number.Few;Engine:81-255,Target:0;0=2;$octets::i"
    echo "P$number.MailInMail;Engine:81-255,Intermediates:CL_TYPE_MAIL>CL_TYPE_MAIL,Target:0;0;$octets"
    echo "P$number.Small;Engine:81-255,FileSize:0-2000,Target:0;0;$octets"
    echo "P$number.Text2;Engine:81-255,FileSize:0-5000,Target:7;0>1;$octets::i"
done > "$1/probes.ldb"
