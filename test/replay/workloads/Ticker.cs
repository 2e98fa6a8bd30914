// A ticker of share prices in C#. Every viewer adds a handler to the event of the ticker. usage: mono Ticker.exe VIEWERS KB keep|leave
// VIEWERS come in a second, each with a table of KB; with `leave` they take their handler away after half a minute.
using System;
using System.Collections.Generic;
using System.Threading;

class Viewer {
  readonly double[] seen;
  int at;
  public Viewer(int kb) { seen = new double[kb * 128]; for (int i = 0; i < seen.Length; i++) seen[i] = i; }
  public void OnPrice(object from, double price) { seen[at++ % seen.Length] = price; }
}

class Ticker {
  event EventHandler<double> Price;
  static void Main(string[] words) { new Ticker().Run(double.Parse(words[0]), int.Parse(words[1]), words[2] == "leave"); }

  void Run(double viewers, int kb, bool leave) {
    var random = new Random(3);
    var inside = new Queue<Tuple<DateTime, Viewer>>();
    while (true) {
      // Half of the visitors come in the first third of a minute.
      double rate = viewers * (DateTime.Now.Second < 20 ? 1.5 : 0.75);
      var one = new Viewer(1 + random.Next(kb * 2));
      Price += one.OnPrice;
      if (leave) {
        inside.Enqueue(Tuple.Create(DateTime.Now, one));
        while (DateTime.Now - inside.Peek().Item1 > TimeSpan.FromSeconds(30)) Price -= inside.Dequeue().Item2.OnPrice;
      }
      Price(this, random.NextDouble());
      string.Join(",", new byte[20000]);
      Thread.Sleep((int)(1000 / rate));
    }
  }
}
