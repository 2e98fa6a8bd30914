// Part of the probe's shell text: see probe-program.ts for its rules and helpers.

/** The largest processes and the fullest table of open files. */
export const processes = `
list_pids() {
  all=
  if [ $cg != 0 ] && [ -e "$M/$fu" ]; then
    for d in "$M" "$M"/*/cgroup.procs "$M"/*/*/cgroup.procs "$M"/*/*/*/cgroup.procs; do
      d=\${d%/cgroup.procs}/cgroup.procs
      [ -e "$d" ] && while read -r x; do num "$x"; case $v in 0|null) ;; *) all="$all $v";; esac; done <"$d"
    done
  fi
  if [ -z "$all" ]; then
    for d in "$proc"/[0-9]*; do num "\${d##*/}"; [ $v = null ] || all="$all $v"; done
  fi
}
file_limit() {
  l=null
  while read -r a b c d x; do [ "$a $b" = "Max open" ] && { num "$d"; l=$v; break; }; done <"$proc/$1/limits"
}
scan() {
  list_pids
  top= count=0 floor=0 total=0 fdPid=null fdUsed=0 fdMax=null kept= looked=0
  for p in $all; do
    [ $p = $$ ] && continue
    looked=$((looked+1)) y=
    read -r x y x <"$proc/$p/statm" || continue
    num "$y"; r=$v
    case $r in 0|null|????????????*) continue;; esac
    if [ $count -lt 5 ] || [ $r -gt $floor ]; then
      set --; placed=0
      for x in $top; do
        [ $placed = 0 ] && [ $r -gt \${x%:*} ] && { set -- "$@" $r:$p; placed=1; }
        set -- "$@" $x
      done
      [ $placed = 0 ] && set -- "$@" $r:$p
      [ $# -gt 5 ] && set -- $1 $2 $3 $4 $5
      top="$*" count=$#
      while [ $# -gt 1 ]; do shift; done
      floor=\${1%:*}
    fi
    [ $i -ge $fdNext ] || continue
    set -- "$proc/$p/fd/"*
    [ -e "$1" ] || [ -L "$1" ] || continue
    total=$((total+$#))
    # Soft limits below 64 are rare: reading the limits of every small process is not worth its time.
    [ $# -lt 32 ] && [ $# -le $fdUsed ] && continue
    case $limits in *" $p:"*) l=\${limits#*" $p:"} l=\${l%% *};; *) file_limit $p;; esac
    kept="$kept $p:$l "
    [ $l = null ] || [ $l = 0 ] && continue
    if [ $fdMax = null ] || [ $(($# * fdMax)) -gt $((fdUsed * l)) ]; then fdPid=$p fdUsed=$# fdMax=$l; fi
  done
  # Looking at very many processes or files is dear: look less often then.
  scanNext=$((i+every+looked/60))
  if [ $i -ge $fdNext ]; then
    # A process can move its own limit; look again each minute.
    limits=$kept; [ $((i%60)) -lt 5 ] && limits=
    fdNext=$((i+every+total/1000))
    [ $fdPid = null ] || put fds "{\\"used\\":$fdUsed,\\"max\\":$fdMax,\\"pid\\":$fdPid}"
  fi
}
# describe PID: parent, start and name, all from one file. The name stands in brackets and may hold brackets, blanks and line ends itself.
describe() {
  s= name= parent=null start=null
  while read -r x || [ -n "$x" ]; do s="$s $x"; [ \${#s} -gt 2000 ] && break; done <"$proc/$1/stat"
  case $s in *"("*") "*) ;; *) return 1;; esac
  name=\${s#*"("} name=\${name%")"*}
  label "$name"; name=$v
  set -f; set -- \${s##*")"}; set +f
  num "$2"; parent=$v; num "\${20}"; start=$v; num "\${21}"; space=$v
}
# Heap limits are looked up once for each process: a second round follows only when there is a new one.
report_top() {
  found=
  for round in 1 2; do
    fresh= kept= out=
    for e in $top; do
      p=\${e#*:}
      describe $p || continue
      case $name in *" "*) x=\${name%% *}-\${name##* };; *) x=$name;; esac
      key=$p/$start/$x h=null
      case $heaps,$round in
        *" $key="*) h=\${heaps#*" $key="} h=\${h%% *};;
        *,1) fresh="$fresh $p";;
        *) case $found in *" $p="*) h=\${found#*" $p="} h=\${h%% *};; esac;;
      esac
      kept="$kept $key=$h "
      age=null
      case $ticks$start in *null*) ;; *) [ $ticks -ge $start ] && age=$(((ticks-start)*10));; esac
      # Only of a process whose addresses are limited are those it takes worth a word.
      case $h in *ulimit-v*) y=",\\"space\\":$space";; *) y=;; esac
      out="$out,{\\"pid\\":$p,\\"ppid\\":$parent,\\"name\\":\\"$name\\",\\"rss\\":$((\${e%:*}*page)),\\"ageMs\\":$age,\\"start\\":$start$y,\\"heap\\":$h}"
    done
    [ -n "$fresh" ] && [ $round = 1 ] || break
    read_heaps $fresh
  done
  heaps=$kept
  put procs "[\${out#,}]"
}
`;

/** Limits that a process set itself. The texts they are found in stay in this shell. */
export const heaps = `
# units VALUE: bytes of 512m, 2G, 512MiB
units() {
  x=\${1%%[!0-9]*}; num "$x"; y=\${1#"$x"}
  case $v in null|????????????????*) v=null; return;; esac
  case $y in
    ""|b|B) ;;
    [kK]|KiB) v=$((v*1024));;
    [mM]|MiB) v=$((v*1048576));;
    [gG]|GiB) case $v in ??????????*) v=null;; *) v=$((v*1073741824));; esac;;
    [tT]|TiB) case $v in ???????*) v=null;; *) v=$((v*1099511627776));; esac;;
    *) v=null;;
  esac
}
# bytes NAME VIA: keep "v" as the limit; share NAME VIA: keep it as percent of the memory
bytes() { [ $v = null ] || [ $v = 0 ] || hb="{\\"by\\":\\"$1\\",\\"via\\":$2,\\"bytes\\":$v}"; }
share() { [ $v = null ] || hs="{\\"by\\":\\"$1\\",\\"via\\":$2,\\"percent\\":$v}"; }
flag() {
  case $kind,$1 in
    node,--max[-_]old[-_]space[-_]size=*) num "\${1#*=}"; case $v in null|??????????*) ;; *) v=$((v*1048576)); bytes --max-old-space-size $2;; esac;;
    node,--max[-_]old[-_]space[-_]size[-_]percentage=*) dec "\${1#*=}"; share --max-old-space-size-percentage $2;;
    java,-Xmx*) units "\${1#-Xmx}"; bytes -Xmx $2;;
    java,-XX:MaxHeapSize=*) units "\${1#*=}"; bytes -XX:MaxHeapSize $2;;
    java,-XX:MaxRAMPercentage=*) dec "\${1#*=}"; share -XX:MaxRAMPercentage $2;;
  esac
}
# words VALUE NAME: the flags in a variable
words() { IFS=" "; for w in $1; do flag "$w" "\\"$2\\""; done; IFS=$nl; }
hex() { x=\${1#0[xX]}; case $x in ""|*[!0-9A-Fa-f]*|??????????????*) v=null;; *) v=$((0x$x));; esac; }
variable() {
  case $kind,$1 in
    node,NODE_OPTIONS=*) words "\${1#*=}" NODE_OPTIONS;;
    java,JDK_JAVA_OPTIONS=*) words "\${1#*=}" JDK_JAVA_OPTIONS;;
    java,JAVA_TOOL_OPTIONS=*) words "\${1#*=}" JAVA_TOOL_OPTIONS;;
    other,GOMEMLIMIT=*) units "\${1#*=}"; bytes GOMEMLIMIT null;;
    other,DOTNET_GCHeapHardLimit=*) hex "\${1#*=}"; bytes DOTNET_GCHeapHardLimit null;;
    other,DOTNET_GCHeapHardLimitPercent=*) hex "\${1#*=}"; share DOTNET_GCHeapHardLimitPercent null;;
  esac
}
# A variable is believed only by the kind of program that reads it: children inherit it for nothing.
kind_of() {
  x=\${1##*/}
  case $x in
    node*|electron*) kind=node;;
    java|java[0-9]*|jsvc*) kind=java;;
    python*|ruby*|perl*|php*|deno*|bun*|bash|sh|dash|ash|busybox|zsh) kind=none;;
    *) kind=other
      # Programs such as "next-server" overwrite their command line; the link to the program does not lie.
      [ $2 = link ] && { x=$(readlink "$proc/$pid/exe"); x=\${x%" (deleted)"}; [ -z "$x" ] || kind_of "$x" no; };;
  esac
}
# address_limit PID: the limit on addresses in "hb", if there is one
address_limit() {
  while IFS=$ws read -r x y w g k; do
    [ "$x $y" = "Max address" ] && { num "$g"; [ $v = null ] || hb="{\\"by\\":\\"ulimit-v\\",\\"via\\":null,\\"bytes\\":$v}"; return; }
  done <"$proc/$1/limits"
}
finish() {
  [ -z "$pid" ] && return
  # The command line comes first in the text, but most programs read the environment first and let the command line win.
  hb= hs= late= last=0
  for g in $vars; do case $g in _JAVA_OPTIONS=*) late=$g;; *) variable "$g";; esac; done
  for g in $args; do
    flag "$g" null
    case $kind,$g in
      java,-jar) break;;
      node,*.js|node,*.mjs|node,*.cjs|node,*.ts) [ $last = 1 ] || break;;
    esac
    case $g in -r|--require|--import|--loader|--experimental-loader) last=1;; *) last=0;; esac
  done
  [ -z "$late" ] || { [ $kind = java ] && words "\${late#*=}" _JAVA_OPTIONS; }
  hb=\${hb:-$hs}
  [ -n "$hb" ] || address_limit $pid
  found="$found $pid=\${hb:-null} "
}
read_heaps() {
  found= files=/dev/null
  for p in "$@"; do files="$files $p/cmdline $p/environ"; done
  set --
  for p in $files; do case $p in /*) set -- "$p";; *) set -- "$@" "$proc/$p";; esac; done
  IFS=$nl pid= kind=other part= args= vars=
  set -f
  for a in $(head -c 65536 "$@" | tr "\\000" "\\n"); do
    case $a in
      "==> $proc/"*"/cmdline <==") finish; pid=\${a#"==> $proc/"} pid=\${pid%%/*} part=first args= vars= kind=other;;
      "==> $proc/$pid/environ <==") part=vars;;
      *)
        case $part in
          first) kind_of "$a" link; part=args;;
          args) case $a in -*|*.js|*.mjs|*.cjs|*.ts) args="$args$nl$a";; esac;;
          vars) case $a in NODE_OPTIONS=*|JDK_JAVA_OPTIONS=*|JAVA_TOOL_OPTIONS=*|_JAVA_OPTIONS=*|GOMEMLIMIT=*|DOTNET_GCHeap*) vars="$vars$nl$a";; esac;;
        esac;;
    esac
  done
  finish
  set +f
  IFS=$ws
  args= vars= a=
}
`;
