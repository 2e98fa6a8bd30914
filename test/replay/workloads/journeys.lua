-- Joins the stops of bus journeys into a timetable, all in memory. usage: lua5.4 journeys.lua JOURNEYS
local journeys = tonumber(arg[1])
local at = {}
for j = 1, journeys do
  for s = 1, 12 do
    local stop = (j * 31 + s * 17) % 4000
    at[stop] = at[stop] or {}
    table.insert(at[stop], { time = (j * 7 + s * 3) % 1440, line = "line " .. (j % 600) .. "/" .. j })
  end
end
local lines = 0
for _, stops in pairs(at) do
  table.sort(stops, function(a, b) return a.time < b.time end)
  lines = lines + #stops
end
print(lines)
