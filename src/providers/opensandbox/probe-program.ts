import { heaps, processes } from './probe-processes.ts';

/*
 * The probe: a POSIX sh program (dash, busybox ash, bash) that prints one JSON line per round. Rules it keeps:
 * - Builtins, but for `stat`/`df` every ten seconds, one `head | tr` when a new large process appears, and,
 *   if not in a session of bash, `sleep` each round and one `cat` with version 1 of control groups.
 * - It writes no file and starts nothing in the background. `sleep` does not hold the output, so a killed probe closes it at once.
 * - Every word from a file is checked before it is computed with or printed: `num` for integers, `dec` for decimals, `label` for names.
 *   What is missing, unreadable or odd becomes null. Leading zeros go (shells read them as octal); more than 18 digits are null
 *   (no 64-bit overflow, and cgroup v1 writes "no limit" as a number of 19).
 * - Of command lines and environments only the numbers of a few named flags are printed.
 * - No single quote in it, so that it also fits into sh -c '...'.
 * probe-line.ts reads the lines. Comments and indentation do not travel: execd keeps the text of every command in memory.
 */

/** Checks and small helpers. Results come back in `v`: a subshell would cost a process. */
const helpers = `
nl="
"
ws=" \t$nl"
odd="[!A-Za-z0-9 ._:/@%+=,#~()?-]"
num() {
  v=$1
  case $v in ""|*[!0-9]*) v=null; return;; esac
  while :; do case $v in 0?*) v=\${v#0};; *) break;; esac; done
  [ \${#v} -le 18 ] || v=null
}
dec() {
  v=$1
  case $v in ""|*[!0-9.]*|.*|*.|*.*.*|???????????????????*) v=null; return;; esac
  while :; do case $v in 0[0-9]*) v=\${v#0};; *) break;; esac; done
}
kib() { num "$1"; case $v in null|???????????????*) v=null;; *) v=$((v*1024));; esac; }
one() { v=; read -r v x <"$1"; num "$v"; }
# A name without anything that JSON or a terminal could trip over.
label() {
  v=$1 n=0
  while [ $n -lt 64 ]; do
    case $v in *$odd*) ;; *) return;; esac
    x=\${v%%$odd*} y=\${v#"$x"} v=$x?\${y#?} n=$((n+1))
  done
  v=?
}
put() { o="$o,\\"$1\\":$2"; }
`;

/** Finds the cgroup of the probe, and the level of each resource that ends first, from the own group up to the visible root. */
const places = `
find_groups() {
  own2= ownm= ownc= owna= ownp=
  while IFS=: read -r h k p; do
    case $p in *..*) continue;; esac
    p=\${p%/}
    case ,$k, in ,,) own2=$p;; esac
    case ,$k, in *,memory,*) ownm=$p;; esac
    case ,$k, in *,cpu,*) ownc=$p;; esac
    case ,$k, in *,cpuacct,*) owna=$p;; esac
    case ,$k, in *,pids,*) ownp=$p;; esac
  done <"$proc/self/cgroup"
  cg=0
  if [ -e "$root/cgroup.controllers" ] || [ -e "$root/memory.current" ]; then
    cg=2 rm_=$root rc=$root ra=$root rp=$root ownm=$own2 ownc=$own2 owna=$own2 ownp=$own2
    fu=memory.current fl=memory.max fc=inactive_file
  else
    rm_=$root/memory rc=$root/cpu ra=$root/cpuacct rp=$root/pids
    [ -d "$rc" ] || rc=$root/cpu,cpuacct
    [ -d "$ra" ] || ra=$root/cpu,cpuacct
    fu=memory.usage_in_bytes fl=memory.limit_in_bytes fc=total_inactive_file
    for p in "$rm_/$fu" "$rc/cpu.stat" "$ra/cpuacct.usage" "$rp/cgroup.procs"; do [ -e "$p" ] && cg=1; done
  fi
}
# below ROOT OWN FILE: the own group, or the root when that path is not visible here (a container shows its own group as the root).
# A group of version 2 may lack a controller that one above it has.
below() {
  own=$1$2
  while [ "$own" != "$1" ] && [ ! -e "$own/$3" ]; do
    case $cg in 2) own=\${own%/*};; *) own=$1;; esac
  done
}
# tightest ROOT OWN USE LIMIT CAP CACHE: the level with the least room left, in "best"; limits above CAP are none. What memory.stat calls
# CACHE takes no room: it is dropped when memory is short.
tightest() {
  below "$1" "$2" "$3"; best=$own least= d=$own
  [ "$own" = "$1" ] && return
  while :; do
    one "$d/$4"; l=$v
    if [ $l != null ] && { [ $5 = null ] || [ $l -le $5 ]; }; then
      one "$d/$3"; [ $v = null ] && v=0
      l=$((l-v))
      [ -z "$6" ] || while read -r a b x; do [ "$a" = "$6" ] && { num "$b"; [ $v = null ] || l=$((l+v)); break; }; done <"$d/memory.stat"
      if [ -z "$least" ] || [ $l -lt $least ]; then least=$l best=$d; fi
    fi
    [ "$d" = "$1" ] && return
    d=\${d%/*}
  done
}
quota() {
  q=null w=null
  if [ $cg = 2 ]; then
    a= b=; read -r a b x <"$1/cpu.max"; num "$a"; q=$v; num "$b"; w=$v
  else
    one "$1/cpu.cfs_quota_us"; q=$v; one "$1/cpu.cfs_period_us"; w=$v
  fi
  case $q$w in *null*|????????????????????????*) q=null w=null;; esac
  [ $w = 0 ] && q=null w=null
}
find_levels() {
  tightest "$rm_" "$ownm" $fu $fl $memTotal $fc; M=$best
  tightest "$rp" "$ownp" pids.current pids.max null ""; P=$best
  below "$rc" "$ownc" cpu.stat; C=$own d=$own bq=null bw=null
  while :; do
    quota "$d"
    if [ $q != null ] && { [ $bq = null ] || [ $((q*bw)) -lt $((bq*w)) ]; }; then bq=$q bw=$w C=$d; fi
    [ "$d" = "$rc" ] && break
    d=\${d%/*}
  done
  A=$C; [ $cg = 1 ] && { A=$ra\${C#"$rc"}; [ -e "$A/cpuacct.usage" ] || A=$ra; }
  # the depth of the memory group names the level, so that the reader sees when another one became the tightest
  d=\${M#"$rm_"} level=0
  while :; do case $d in */*) d=\${d#*/} level=$((level+1));; *) break;; esac; done
}
find_machine() {
  cpus=0 page=4096 b=
  while read -r a b x; do [ "$a" = Cpus_allowed_list: ] && break; b=; done <"$proc/self/status"
  IFS=,
  for x in $b; do
    num "\${x%-*}"; h=$v; num "\${x#*-}"
    case $h$v in *null*|?????????????*) ;; *) cpus=$((cpus+v-h+1));; esac
  done
  IFS=$ws
  [ $cpus -gt 0 ] || cpus=null
  while read -r a b x; do case $a in KernelPageSize:) kib "$b"; [ $v = null ] || page=$v; break;; esac; done <"$proc/self/smaps"
}
`;

/** The readings of every line. */
const readings = `
read_machine() {
  t=; read -r t x <"$proc/uptime"; dec "$t"; t=$v
  ticks=null; case $t in *.??) num "\${t%.*}\${t#*.}"; ticks=$v;; esac
  memTotal=null memAvail=null
  [ $slow = 1 ] && swapTotal=null swapFree=null
  slab=null
  while read -r a b x; do
    case $a in
      MemTotal:) kib "$b"; memTotal=$v;;
      MemAvailable:) kib "$b"; memAvail=$v; case $slow$cg in 0[!1]) break;; esac;;
      SwapTotal:) kib "$b"; swapTotal=$v;;
      SwapFree:) kib "$b"; swapFree=$v; [ $cg = 1 ] || break;;
      SReclaimable:) kib "$b"; slab=$v; break;;
    esac
  done <"$proc/meminfo"
}
# Version 1 counts a kill only in the group where the process was. More groups than these are not added up.
kills_below() {
  below=0 n=0
  for d in "$M"/*/memory.oom_control "$M"/*/*/memory.oom_control "$M"/*/*/*/memory.oom_control; do
    while read -r a b x; do case $a in oom_kill) num "$b"; [ \${#v} -gt 9 ] || [ $v = null ] || below=$((below+v)) n=$((n+1));; esac; done <"$d"
    [ $n -le 48 ] || { below=null; return; }
  done
}
read_memory() {
  mem=null memMax=null anon=null shmem=null kernel=null inactive=null hits=null high=null kills=null swap=null
  kmem=null dentries=null inos=null
  [ $slow = 1 ] && swapMax=null below=null
  [ $cg = 0 ] && return
  one "$M/$fu"; mem=$v; [ $mem = null ] && return
  one "$M/$fl"; memMax=$v
  if [ $cg = 2 ]; then
    # all of the kernel less what can go, where it is told; buffers of sockets are counted beside it
    l=null k=0 h=0
    while read -r a b x; do
      case $a in
        anon) num "$b"; anon=$v;;
        kernel) num "$b"; l=$v;;
        sock) num "$b"; [ $v = null ] || k=$v;;
        slab_reclaimable) num "$b"; [ $v = null ] || h=$v;;
        kernel_stack|pagetables|percpu|slab_unreclaimable)
          num "$b"; case $v$kernel in null*) ;; *null) kernel=$v;; *) kernel=$((kernel+v));; esac
          [ "$a" = slab_unreclaimable ] && break;;
        shmem) num "$b"; shmem=$v;;
        inactive_file) num "$b"; inactive=$v;;
      esac
    done <"$M/memory.stat"
    [ $l = null ] || { l=$((l-h)); [ $kernel != null ] && [ $kernel -ge $l ] || kernel=$l; }
    [ $kernel = null ] || kernel=$((kernel+k))
    while read -r a b x; do
      case $a in high) num "$b"; high=$v;; max) num "$b"; hits=$v;; oom_kill) num "$b"; kills=$v; break;; esac
    done <"$M/memory.events"
    one "$M/memory.swap.current"; swap=$v
    [ $slow = 1 ] && { one "$M/memory.swap.max"; swapMax=$v; }
  else
    # hierarchical_memory_limit also knows the limits of groups that are not visible from here
    while read -r a b x; do
      case $a in
        hierarchical_memory_limit) num "$b"; [ $v = null ] || { [ $memMax != null ] && [ $memMax -le $v ]; } || memMax=$v;;
        total_rss) num "$b"; anon=$v;;
        total_shmem) num "$b"; shmem=$v;;
        total_swap) num "$b"; swap=$v;;
        total_inactive_file) num "$b"; inactive=$v; break;;
      esac
    done <"$M/memory.stat"
    one "$M/memory.failcnt"; hits=$v
    # which part of it could go is not told: what the machine remembers of files tells how much of its growth
    one "$M/memory.kmem.usage_in_bytes"; kmem=$v
    # these files give nothing behind their first byte, and other shells than bash read byte by byte
    case \${BASH_VERSION-} in
      "") set -- $(cat "$proc/sys/fs/dentry-state" "$proc/sys/fs/inode-nr"); [ $# -lt 7 ] || { num "$1"; dentries=$v; num "$7"; inos=$v; };;
      *) one "$proc/sys/fs/dentry-state"; dentries=$v; one "$proc/sys/fs/inode-nr"; inos=$v;;
    esac
    while read -r a b x; do case $a in oom_kill) num "$b"; kills=$v;; esac; done <"$M/memory.oom_control"
    if [ $slow = 1 ]; then
      [ $memMax = null ] || kills_below
      one "$M/memory.limit_in_bytes"; l=$v; one "$M/memory.memsw.limit_in_bytes"
      case $v$l in *null*) ;; *) [ $v -ge $l ] && swapMax=$((v-l));; esac
    fi
  fi
  [ $memMax = null ] || [ $memTotal = null ] || [ $memMax -le $memTotal ] || memMax=null
}
read_stall() {
  psi=null stall=null
  for d in "$M" "$proc/pressure"; do
    case $cg,$d in 2,"$M") x=memory.pressure h=2;; *,"$M") continue;; *) x=memory h=1;; esac
    while read -r a b y; do
      case $a,$b in full,avg10=*) dec "\${b#avg10=}"; stall=$v;; esac
    done <"$d/$x"
    [ $stall = null ] || { psi=$h; return; }
  done
}
read_cpu() {
  cpuUs=null periods=null throttled=null q=null w=null
  case $cg in
    0)
      b= c= d= g= h= k=
      read -r a b c d e f g h k x <"$proc/stat"
      case $b$c$d$g$h$k in ""|*[!0-9]*|?????????????????????????????????????????????????????????????????????????*) ;;
        *) l=0; for x in $b $c $d $g $h $k; do num "$x"; [ $v = null ] || l=$((l+v)); done; [ \${#l} -le 14 ] && cpuUs=$((l*10000));;
      esac
      return;;
    1) one "$A/cpuacct.usage"; [ $v = null ] || cpuUs=$((v/1000));;
  esac
  quota "$C"
  while read -r a b x; do
    case $a in
      usage_usec) num "$b"; cpuUs=$v;;
      nr_periods) num "$b"; periods=$v;;
      nr_throttled) num "$b"; throttled=$v; break;;
    esac
  done <"$C/cpu.stat"
}
read_pids() {
  pids=null pidsMax=null
  [ $cg = 0 ] && return
  one "$P/pids.current"; pids=$v; one "$P/pids.max"; pidsMax=$v
}
space() {
  num "$1"; a=$v; num "$2"; b=$v; num "$3"
  case $a$b$v in *null*) v=null; return;; esac
  [ \${#a} -le 11 ] && [ \${#b} -le 11 ] && [ \${#v} -le 7 ] && v="{\\"used\\":$((a*v)),\\"free\\":$((b*v))}" || v=null
}
read_disk() {
  disk=null inodes=null
  set -- $(stat -f -c "%b %f %a %S %c %d" "$place")
  if [ $# = 6 ]; then
    num "$1"; a=$v; num "$2"; b=$v
    case $a$b in *null*) ;; *) space $((a-b)) "$3" "$4"; [ $a = 0 ] || disk=$v;; esac
    num "$5"; a=$v; num "$6"; b=$v
    case $a$b in *null*) ;; *) space $((a-b)) "$b" 1; [ $a = 0 ] || inodes=$v;; esac
    return
  fi
  set -- $(df -Pk "$place")
  [ $# -ge 13 ] && { shift 7; space "$3" "$4" 1024; disk=$v; }
  set -- $(df -Pi "$place")
  [ $# -ge 13 ] && { shift 7; space "$3" "$4" 1; inodes=$v; }
}
`;

/**
 * `rest` waits for one round, after `find_rest` without a child: by reading what never comes, a pipe of which bash holds both ends. Not in its
 * POSIX mode, which may not know `<(…)`, and where a mistake in `eval` ends the shell.
 */
const waiting = `
still=0
find_rest() {
  case :\${SHELLOPTS-}: in *:posix:*) return;; esac
  case \${BASH_VERSION-} in ""|[1-3].*) return;; esac
  eval "exec 9<> <(:)" && still=1
}
rest() {
  [ $still = 0 ] || { read -r -u 9 -t "$cadence" x; [ $? -le 128 ] || return 0; still=0; }
  sleep $cadence >/dev/null
}
`;

/** One line after the other. */
const main = `
probe() {
  LC_ALL=C IFS=$ws
  [ -c /dev/null ] && exec 2>/dev/null
  proc=\${FORESIGHT_PROC:-/proc} root=\${FORESIGHT_CGROUP_ROOT:-/sys/fs/cgroup} place=\${FORESIGHT_DISK:-.}
  num "\${FORESIGHT_LINES:-$1}"; lines=$v; [ $lines = null ] && lines=$1
  dec "\${FORESIGHT_CADENCE:-$2}"; cadence=$v; [ $cadence = null ] && cadence=$2
  every=$3
  i=0 scanNext=0 fdNext=0 limits= heaps= found= level=0 below=null M= P= C= A=
  find_machine
  find_groups
  while :; do
    slow=0; [ $((i%(2*every))) = 0 ] && slow=1
    read_machine
    [ $slow = 1 ] && { [ $cg = 0 ] || find_levels; read_disk; }
    read_memory; read_cpu; read_pids; read_stall
    o="{\\"v\\":1,\\"t\\":$t,\\"cg\\":$cg,\\"level\\":$level,\\"cpus\\":$cpus,\\"memTotal\\":$memTotal,\\"memAvail\\":$memAvail"
    put mem $mem; put memMax $memMax; put anon $anon; put shmem $shmem; put kernel $kernel; put inactive $inactive; put hits $hits; put high $high; put oomKill $kills
    [ $cg = 1 ] && { put kmem $kmem; put slab $slab; put dentries $dentries; put files $inos; put oomBelow $below; }
    put swap $swap; put swapMax $swapMax; put swapTotal $swapTotal; put swapFree $swapFree
    put psi $psi; put stall $stall
    put cpuUs $cpuUs; put quotaUs $q; put periodUs $w; put periods $periods; put throttled $throttled
    put pids $pids; put pidsMax $pidsMax; put disk $disk; put inodes $inodes
    [ $i -ge $scanNext ] && { scan; report_top; }
    printf "%s\\n" "$o}" || return
    i=$((i+1))
    [ $lines = 0 ] || [ $i -lt $lines ] || return
    rest || return
  done
}
`;

/** Drops comment lines, blank lines and indentation. */
function compact(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}

/** Functions of the probe; `probe LINES CADENCE EVERY` runs it. Every so many lines it looks at processes, half as often at the disk. */
export const probeFunctions: string = compact([helpers, places, readings, processes, heaps, waiting, main].join('\n'));
