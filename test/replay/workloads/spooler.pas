{ A print spooler in Pascal that forgets to free its pages. usage: spooler JOBS KB EVERY
  JOBS in a second with pages of KB; of each EVERY jobs one is never freed (0: all are freed). }
program Spooler;
{$mode objfpc}{$H+}
uses SysUtils, Classes;
type
  TPage = class
    Text: TStringList;
    constructor Create(kb: Integer);
    destructor Destroy; override;
  end;
constructor TPage.Create(kb: Integer);
var i: Integer;
begin
  Text := TStringList.Create;
  for i := 1 to kb * 8 do Text.Add(StringOfChar(Chr(65 + Random(26)), 60 + Random(60)));
end;
destructor TPage.Destroy;
begin
  Text.Free;
  inherited;
end;
var
  page: TPage;
  jobs, kb, every, n: Integer;
begin
  jobs := StrToInt(ParamStr(1)); kb := StrToInt(ParamStr(2)); every := StrToInt(ParamStr(3)); n := 0;
  while True do
  begin
    Inc(n);
    page := TPage.Create(1 + Random(kb * 2));
    page.Text.Sort;
    if (every = 0) or (n mod every <> 0) then page.Free;
    Sleep(Random(2000 div jobs));
  end;
end.
