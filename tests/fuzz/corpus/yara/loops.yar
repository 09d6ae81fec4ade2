private global rule g { condition: filesize < 100MB }
rule a1 { strings: $x = "x" condition: for any i in (1..#x) : ( @x[i] % 2 == 0 ) }
rule b { condition: any of (a*) and g and not (uint32be(0) == 0x7f454c46) and filename matches /x$/ }
