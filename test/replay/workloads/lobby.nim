# A game lobby in Nim: players connect and stay, whether they play or not. usage: lobby PORT KICK   after KICK seconds they are sent home (0: never)
import std/[asyncdispatch, asyncnet, os, strutils]

let port = parseInt(paramStr(1))
let kick = parseInt(paramStr(2))

proc play(player: AsyncSocket) {.async.} =
  let name = await player.recvLine()
  await player.send("welcome " & name & "\r\n")
  if kick > 0:
    await sleepAsync(kick * 1000)
    player.close()
  else:
    discard await player.recvLine()

proc main() {.async.} =
  let server = newAsyncSocket()
  server.setSockOpt(OptReuseAddr, true)
  server.bindAddr(Port(port), "127.0.0.1")
  server.listen()
  while true:
    try:
      asyncCheck play(await server.accept())
    except CatchableError as problem:
      quit("Too many open files: " & problem.msg.splitLines[0])

waitFor main()
