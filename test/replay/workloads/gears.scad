// A box of gears, the finer the more memory its union takes. usage: openscad -D 'teeth=12' -D 'gears=4' -o gears.stl gears.scad
teeth = 12;
gears = 4;
module gear(n) {
  difference() {
    union() {
      cylinder(r = 10, h = 4, $fn = n * 2);
      for (i = [0:n - 1]) rotate(i * 360 / n) translate([10, 0, 0]) cylinder(r = 1.4, h = 4, $fn = 8);
    }
    translate([0, 0, -1]) cylinder(r = 3, h = 6, $fn = n);
    sphere(r = 5, $fn = n);
  }
}
for (g = [0:gears - 1]) translate([g * 19, 0, 0]) rotate(g * 7) gear(teeth);
