import "pe"
import "hash"
import "math"
rule m : tag { meta: a = "b" n = -5 t = true condition: pe.number_of_sections == 1 or hash.md5(0, filesize) == "x" or math.entropy(0, 5) > 1.5 }
