// A switch that is simulated with tables of so many thousand packets. usage: iverilog -P switch.KILO=200 -o sim queue.v && vvp sim
module switch;
  parameter KILO = 100;
  reg [63:0] header [0:KILO*1000-1];
  reg [31:0] owner [0:KILO*1000-1];
  integer i, sum;
  initial begin
    sum = 0;
    for (i = 0; i < KILO * 1000; i = i + 1) begin
      header[i] = {$random, $random};
      owner[i] = i;
    end
    for (i = 0; i < KILO * 1000; i = i + 1) sum = sum + header[(i * 7919) % (KILO * 1000)][7:0];
    $display("%d", sum);
    $finish;
  end
endmodule
