#!/bin/bash
# A ladder of resistors and capacitors for ngspice, looked at for so long. usage: bash ladder.sh STAGES MILLISECONDS STEP_NS > ladder.cir
echo "ladder of $1 stages"
echo 'V1 n0 0 PULSE(0 5 0 1u 1u 40u 90u)'
for i in $(seq "$1"); do echo "R$i n$((i - 1)) n$i 1k"; echo "C$i n$i 0 1n"; echo "D$i n$i 0 dmod"; done
echo '.model dmod D(IS=1e-14)'
echo ".tran ${3}n ${2}m 0 ${3}n"
echo ".print tran v(n1) v(n$1)"
echo '.end'
