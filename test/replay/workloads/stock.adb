--  A store house: one task brings, three take away, a bounded belt between them.
--  usage: stock BELT_LENGTH ITEM_KIB
with Ada.Command_Line; use Ada.Command_Line;
with Ada.Text_IO; use Ada.Text_IO;
with Ada.Unchecked_Deallocation;
with Ada.Numerics.Float_Random; use Ada.Numerics.Float_Random;

procedure Stock is
   Length : constant Positive := Positive'Value (Argument (1));
   KiB    : constant Positive := Positive'Value (Argument (2));
   type Text_Access is access String;
   procedure Free is new Ada.Unchecked_Deallocation (String, Text_Access);
   type Row is array (0 .. Length - 1) of Text_Access;

   protected Belt is
      entry Put (Item : Text_Access);
      entry Take (Item : out Text_Access);
      function Filled return Natural;
   private
      Items : Row;
      First, Count : Natural := 0;
   end Belt;

   protected body Belt is
      entry Put (Item : Text_Access) when Count < Length is
      begin
         Items ((First + Count) mod Length) := Item;
         Count := Count + 1;
      end Put;
      entry Take (Item : out Text_Access) when Count > 0 is
      begin
         Item := Items (First);
         First := (First + 1) mod Length;
         Count := Count - 1;
      end Take;
      function Filled return Natural is (Count);
   end Belt;

   task type Taker;
   task body Taker is
      Item : Text_Access;
      G    : Generator;
   begin
      Reset (G);
      loop
         Belt.Take (Item);
         Free (Item);
         delay Duration (0.02 + 0.12 * Random (G));
      end loop;
   end Taker;
   Takers : array (1 .. 3) of Taker;
   G      : Generator;
begin
   Reset (G, 3);
   for Second in 1 .. 100_000 loop
      --  A lorry comes every half minute and is unloaded at once.
      for I in 1 .. (if Second mod 30 = 1 then 900 else Natural (20.0 * Random (G))) loop
         Belt.Put (new String'(1 .. KiB * 1024 + I => 'x'));
      end loop;
      if Second mod 10 = 0 then
         Put_Line (Belt.Filled'Image);
      end if;
      delay 1.0;
   end loop;
end Stock;
