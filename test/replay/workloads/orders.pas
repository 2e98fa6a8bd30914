{ Orders that come over the day; finished ones ought to be disposed of.
  usage: orders ORDERS_A_SECOND LOST_OF_A_HUNDRED }
program orders;
{$mode objfpc}{$H+}
uses SysUtils, DateUtils;
type
  POrder = ^TOrder;
  TOrder = record
    id: longint;
    customer, text: string;
    items: array of double;
    next: POrder;
  end;
var
  open, one, last: POrder;
  rate, lost, second, i, k, id, kept: longint;
  load: double;
begin
  rate := StrToInt(ParamStr(1));
  lost := StrToInt(ParamStr(2));
  RandSeed := 7;
  id := 0; kept := 0; second := 0;
  while true do begin
    inc(second);
    { Much is ordered for a while, then little. }
    load := 1 + 0.9 * sin(second / 14);
    open := nil;
    for i := 1 to round(rate * load) do begin
      inc(id);
      new(one);
      one^.id := id;
      one^.customer := 'customer ' + IntToStr(random(4000));
      one^.text := StringOfChar(chr(97 + id mod 26), 200 + random(900));
      setlength(one^.items, 20 + random(120));
      for k := 0 to high(one^.items) do one^.items[k] := random;
      one^.next := open;
      open := one;
    end;
    while open <> nil do begin
      last := open;
      open := open^.next;
      { An order with a complaint is taken out of the list and forgotten. }
      if random(100) < lost then inc(kept) else dispose(last);
    end;
    if second mod 20 = 0 then begin writeln(second, ' ', id, ' ', kept); flush(output); end;
    sleep(1000);
  end;
end.
