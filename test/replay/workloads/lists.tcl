# Orders that are kept in a dictionary. usage: lists.tcl A_SECOND KEPT_AT_MOST (0: all)
set in [lindex $argv 0]
set most [lindex $argv 1]
set orders [dict create]
set id 0
set oldest 0
while {1} {
    for {set i 0} {$i < $in} {incr i} {
        dict set orders $id [list name order$id body [string repeat [expr {rand()}] [expr {int(10 + 60 * rand())}]]]
        incr id
        if {$most > 0 && $id - $oldest > $most} { dict unset orders $oldest; incr oldest }
    }
    after 500
}
