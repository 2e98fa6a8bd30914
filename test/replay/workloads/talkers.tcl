# People in IRC channels who talk, come and go. usage: tclsh talkers.tcl PORT PEOPLE LINES    LINES a second in all
lassign $argv port people lines
expr {srand(4)}
proc enter {number} {
    global port
    if {[catch {socket 127.0.0.1 $port} line]} { after 2000 [list enter $number]; return }
    fconfigure $line -blocking 0 -buffering line
    fileevent $line readable [list heard $line $number]
    puts $line "NICK n$number\nUSER u$number 0 * :Somebody\nJOIN #room[expr {$number % 5}]"
    # Each stays between half a minute and three minutes.
    after [expr {int(30000 + rand() * 150000)}] [list leave $line $number]
    talk $line $number
}
proc heard {line number} {
    if {[catch {gets $line text} n] || ($n < 0 && [eof $line])} { catch {close $line}; return }
    if {[string match "PING*" $text]} { catch {puts $line [string map {PING PONG} $text]} }
}
proc leave {line number} {
    catch {puts $line "QUIT :bye"; close $line}
    after [expr {int(rand() * 20000)}] [list enter $number]
}
proc talk {line number} {
    global people lines
    if {[catch {puts $line "PRIVMSG #room[expr {$number % 5}] :[string repeat {so to say } [expr {1 + int(rand() * 20)}]]"}]} return
    after [expr {int(1000.0 * $people / $lines * (0.3 + rand() * 1.4))}] [list talk $line $number]
}
for {set i 0} {$i < $people} {incr i} { after [expr {$i * 150}] [list enter $i] }
vwait forever
