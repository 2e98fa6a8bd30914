#!/usr/bin/env escript
%% An Erlang node: senders write to one logger process, or into an ETS table.
%% usage: escript mailbox.escript mailbox|ets RATE MOST   messages a second; the logger manages MOST a second, the table keeps MOST rows
main([Mode, RateText, MostText]) ->
    Rate = list_to_integer(RateText), Most = list_to_integer(MostText),
    case Mode of
        "mailbox" ->
            Logger = spawn(fun() -> log(Most) end),
            send(fun(N) -> Logger ! {entry, N, lists:duplicate(20, N), rand:bytes(400)} end, Rate, 0);
        "ets" ->
            Table = ets:new(rows, [ordered_set, public]),
            send(fun(N) -> ets:insert(Table, {N, os:timestamp(), lists:seq(1, 30), rand:bytes(300)}),
                           trim(Table, Most) end, Rate, 0)
    end.

log(PerSecond) ->
    receive {entry, _, List, _} -> lists:sum(List) end,
    timer:sleep(1000 div PerSecond),
    log(PerSecond).

trim(_, 0) -> ok;
trim(Table, Most) ->
    case ets:info(Table, size) > Most of
        true -> ets:delete(Table, ets:first(Table)), trim(Table, Most);
        false -> ok
    end.

%% More in the second half of every minute.
send(Act, Rate, N) ->
    {_, _, Second} = time(),
    Count = if Second >= 30 -> Rate div 5; true -> Rate div 10 end,
    [Act(N + I) || I <- lists:seq(1, Count)],
    timer:sleep(100),
    send(Act, Rate, N + Count).
