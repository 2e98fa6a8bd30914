#!/bin/bash
# Work in a folder between two backups: files are added, some change, some go. usage: bash grow-tree.sh FOLDER NEW KIB_EACH GONE
mkdir -p "$1"
for _ in $(seq "$2"); do
  f="$1/$(date +%s%N)"
  head -c "$(shuf -i $(($3 / 2))-$(($3 * 3 / 2)) -n 1)K" /dev/urandom > "$f" || exit 1
done
ls "$1" | shuf -n "$4" | while read -r f; do rm "$1/$f"; done
