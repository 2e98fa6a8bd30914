// Cars on a grid, simulated: the objects of every second are left to the garbage collector.
// usage: fleet CARS STEPS_A_SECOND REMEMBERED_TRIPS
import core.thread, core.time, std.algorithm, std.array, std.conv, std.format, std.random, std.range, std.stdio;

class Trip { string id; double[] way; this(string id, size_t n) { this.id = id; way = new double[n]; way[] = 0; } }
class Car { double x = 0, y = 0; Trip trip; Trip[] past; }

void main(string[] args) {
  immutable cars = args[1].to!int, steps = args[2].to!int, remembered = args[3].to!int;
  auto random = Random(5);
  auto fleet = new Car[cars];
  foreach (ref car; fleet) car = new Car;
  for (long step = 0;; step++) {
    foreach (i, car; fleet) {
      car.x += uniform(-1.0, 1.0, random);
      car.y += uniform(-1.0, 1.0, random);
      if (car.trip is null || uniform(0, 40, random) == 0) {
        if (car.trip !is null) car.past ~= car.trip;
        if (car.past.length > remembered) car.past = car.past[$ - remembered .. $].dup;
        car.trip = new Trip(format("%s-%s", i, step), uniform(40, 400, random));
      }
      car.trip.way[step % car.trip.way.length] = car.x + car.y;
    }
    if (step % (steps * 10) == 0) {
      auto far = fleet.dup.sort!((a, b) => a.x + a.y > b.x + b.y).take(3).map!(c => format("%.1f", c.x)).join(" ");
      writeln(step, " ", far);
      stdout.flush();
    }
    Thread.sleep((1000 / steps).msecs);
  }
}
