% A rule system in Prolog that asserts what it sees. usage: swipl facts.pl FACTS_A_SECOND MOST
% MOST facts stay, 0: all
:- dynamic seen/3.
:- initialization(main, main).

main([RateText, MostText]) :-
    atom_number(RateText, Rate), atom_number(MostText, Most),
    Count is Rate // 5,
    watch(0, Count, Most).

watch(N, Count, Most) :-
    forall(between(1, Count, I),
           ( K is N + I, random(X), format(string(Text), "event ~w of sensor ~w, reading ~w", [K, I, X]),
             assertz(seen(K, X, Text)) )),
    Next is N + Count,
    ( Most > 0, Old is Next - Most, Old > 0
    -> From is Old - Count, forall(between(From, Old, K), retractall(seen(K, _, _)))
    ;  true ),
    sleep(0.2),
    watch(Next, Count, Most).
