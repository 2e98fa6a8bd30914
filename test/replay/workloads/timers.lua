-- A game server in Lua: every tick some units are born, each with a timer that calls back.
-- usage: lua5.4 timers.lua UNITS_A_TICK PAUSE_S MOST    MOST timers live, 0: nobody cancels one. Needs luasocket.
local socket = require 'socket'
local units, pause, most = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
local timers, first, last = {}, 1, 0
math.randomseed(7)
local function unit(tick)
  local state = { tick = tick, name = ('unit %d of tick %d '):format(math.random(1e6), tick):rep(4), path = {} }
  for i = 1, 24 do state.path[i] = { x = math.random(), y = math.random() } end
  return function() return state.name, #state.path end
end
local tick = 0
while true do
  tick = tick + 1
  -- A wave of them now and then.
  local count = tick % 60 < 10 and units * 3 or units
  for _ = 1, count do
    last = last + 1
    timers[last] = unit(tick)
  end
  while most > 0 and last - first >= most do
    timers[first] = nil
    first = first + 1
  end
  socket.sleep(pause)
end
