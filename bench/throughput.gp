# SPDX-License-Identifier: Apache-2.0
# Throughput by signature set, engine and threads. Called by report.sh with `data` and `output_file`.
set terminal svg size 900,520 font "sans-serif,13" background "white"
set output output_file
set datafile separator "\t"
set datafile missing "?"
set title "Mail scanned, as sent (MB/s, logarithmic: a step is a factor of ten)"
set style data histogram
set style histogram clustered gap 1.2
set style fill solid 0.9 border -1
set boxwidth 0.95
set logscale y
set yrange [1:*]
set format y "%.0f"
set grid ytics lc rgb "#cccccc"
set key top left horizontal outside
set ylabel "MB/s"
set xtics scale 0
set xrange [-0.6:3.6]
plot data using 2:xtic(1) title "clamd, 1 thread" lc rgb "#f4b183", \
     "" using 3 title "clamd, 2 threads" lc rgb "#c55a11", \
     "" using 4 title "postern, 1 thread" lc rgb "#9dc3e6", \
     "" using 5 title "postern, 2 threads" lc rgb "#1f4e79"
