#!/bin/bash
# Words that a shell script collects. usage: words.sh WORDS_A_SECOND MOST (0: without end)
words=()
while :; do
  for ((i = 0; i < $1; i++)); do
    if (($2 > 0 && ${#words[@]} >= $2)); then words=("${words[@]:$2/3}"); fi
    words+=("$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM-$RANDOM")
  done
  sleep 1
done
