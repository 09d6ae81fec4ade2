rule ok { condition: true }
rule open { strings: $a = "x
condition: $a }
include "x"
import "nothing"
rule after { condition: ok /* } */ } // {
