# Messages of devices, relayed to those who listen. A device that goes away without a word keeps its backlog.
# usage: relay MESSAGES_A_SECOND QUIET_SECONDS LOSE_PERCENT
import std/[deques, os, random, strutils, tables, times]

type
  Message = ref object
    device: int
    at: float
    body: string
  Device = ref object
    name: string
    backlog: Deque[Message]
    gone: bool

let rate = parseInt(paramStr(1))
let quiet = parseFloat(paramStr(2))
let lose = parseInt(paramStr(3))
randomize(11)
var devices = initTable[int, Device]()
for i in 0 ..< 200: devices[i] = Device(name: "device " & $i, backlog: initDeque[Message]())
let start = epochTime()
var sent = 0
while true:
  let after = epochTime() - start - quiet
  if after > 0 and rand(99) < lose:
    devices[rand(199)].gone = true
  for i in 1 .. max(1, rate div 5):
    let id = rand(199)
    var body = newStringOfCap(2048)
    for k in 1 .. rand(20 .. 110): body.add("value" & $k & "=" & $rand(1.0) & ";")
    devices[id].backlog.addLast(Message(device: id, at: epochTime(), body: body))
    inc sent
  for device in devices.values:
    # A device that listens takes what is there; the others are waited for.
    if not device.gone:
      while device.backlog.len > 0: discard device.backlog.popFirst()
  if sent mod 1000 < rate div 5: echo sent
  sleep(200)
