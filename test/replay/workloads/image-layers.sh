#!/bin/bash
# Container images as they lie on a disk: layers that are packed, unpacked one over the other, and pruned.
# usage: bash image-layers.sh make LAYERS KIB_MOST | unpack IMAGE FIRST LAST | prune KEEP
case "$1" in
  make)
    mkdir -p layers
    for n in $(seq "$2"); do
      mkdir -p tmp/opt/part$n
      for f in $(seq 12); do head -c "$(shuf -i 20-"$3" -n 1)K" /dev/urandom > tmp/opt/part$n/file$f; done
      tar -C tmp -czf layers/$n.tar.gz . && rm -r tmp
    done ;;
  unpack)
    for n in $(seq "$3" "$4"); do
      mkdir -p "images/$2/$n"
      # A layer begins as a copy of the one below it, of hard links where the files are the same.
      [ "$n" -gt "$3" ] && cp -al "images/$2/$((n - 1))/." "images/$2/$n/"
      tar --overwrite -C "images/$2/$n" -xzf "layers/$n.tar.gz" || exit 1
    done ;;
  prune)
    ls -t images | tail -n "+$(($2 + 1))" | while read -r image; do rm -r "images/$image"; done ;;
esac
