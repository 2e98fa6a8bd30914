# Curves of a log that grows, as a monitoring page shows them. usage: gnuplot -e "log='log.dat'" plot.gp
set terminal pngcairo size 900,500
set output 'load.png'
set multiplot layout 2,2
plot log using 1:2 with lines title 'load'
plot log using 1:3 with dots title 'delay'
plot log using 1:2 smooth bezier title 'trend', log using 1:($2*0.5) smooth unique title 'half'
plot log using 2:(1) smooth kdensity title 'density'
unset multiplot
