// A filter for a chip, with so many taps. usage: yosys -p "read_verilog filter.v; chparam -set TAPS 8 filter; synth -top filter"
module filter #(parameter TAPS = 4, parameter W = 16) (input clk, input signed [W-1:0] x, input [TAPS*W-1:0] c, output reg signed [2*W+7:0] y);
  reg signed [W-1:0] past [0:TAPS-1];
  reg signed [2*W+7:0] sum;
  integer i;
  always @* begin
    sum = 0;
    for (i = 0; i < TAPS; i = i + 1) sum = sum + past[i] * $signed(c[i*W +: W]);
  end
  always @(posedge clk) begin
    past[0] <= x;
    for (i = 1; i < TAPS; i = i + 1) past[i] <= past[i-1];
    y <= sum;
  end
endmodule
