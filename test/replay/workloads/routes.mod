# Which depot sends how much to which shop. usage: glpsol -m routes.mod -d sizes.dat   (data: param depots := 20; param shops := 60;)
param depots; param shops;
set D := 1..depots; set S := 1..shops;
param need{s in S} := 10 + (s * 37) mod 23;
param cost{d in D, s in S} := 1 + ((d * 7919 + s * 104729) mod 997) / 10;
var sent{D, S} >= 0;
minimize total: sum{d in D, s in S} cost[d, s] * sent[d, s];
s.t. met{s in S}: sum{d in D} sent[d, s] = need[s];
s.t. stock{d in D}: sum{s in S} sent[d, s] <= 1.2 * (sum{s in S} need[s]) / depots;
end;
