# An Elixir service: each room is a process that keeps its history, and new rooms keep opening.
# usage: elixir history.exs ROOMS_A_MINUTE LINES_A_SECOND MOST    MOST lines a room keeps, 0: all
[rooms, lines, most] = System.argv() |> Enum.map(&String.to_integer/1)
say = fn room, text ->
  Agent.update(room, fn history ->
    history = [text | history]
    if most > 0, do: Enum.take(history, most), else: history
  end)
end
open = fn -> elem(Agent.start(fn -> [] end), 1) end
Stream.iterate({0, []}, fn {second, all} ->
  all = if rem(second * rooms, 60) < rooms, do: [open.() | all], else: all
  for room <- all, i <- 1..lines, do: say.(room, "line #{second} #{i} " <> String.duplicate(<<rem(second, 26) + 97>>, 160))
  Process.sleep(1000)
  {second + 1, all}
end)
|> Stream.run()
