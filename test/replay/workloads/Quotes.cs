// Quotes of a stock exchange and the windows that show them. A window that was shut is still subscribed.
// usage: Quotes.exe WINDOWS_A_MINUTE KIB_EACH SHUT_PROPERLY_PERCENT
using System;
using System.Collections.Generic;
using System.Threading;

class Exchange { public event Action<string, double> Changed; public void Tell(string s, double v) { if (Changed != null) Changed(s, v); } }

class Window {
  readonly Exchange exchange; readonly byte[] canvas; readonly List<double> line = new List<double>();
  public Window(Exchange e, int kib) { exchange = e; canvas = new byte[kib * 1024]; for (int i = 0; i < canvas.Length; i += 512) canvas[i] = 1; e.Changed += Draw; }
  void Draw(string s, double v) { line.Add(v); if (line.Count > 200) line.RemoveAt(0); canvas[line.Count] = (byte)v; }
  public void Shut() { exchange.Changed -= Draw; }
}

static class Quotes {
  static void Main(string[] args) {
    int perMinute = int.Parse(args[0]), kib = int.Parse(args[1]), proper = int.Parse(args[2]);
    var exchange = new Exchange(); var open = new Queue<Window>(); var random = new Random(9); double due = 0;
    for (long tick = 0; ; tick++) {
      due += perMinute / 600.0 * (1 + Math.Sin(tick / 150.0));
      for (; due >= 1; due--) open.Enqueue(new Window(exchange, kib / 2 + random.Next(kib)));
      while (open.Count > 12) { var w = open.Dequeue(); if (random.Next(100) < proper) w.Shut(); }
      for (int i = 0; i < 20; i++) exchange.Tell("share " + i + " at " + tick, random.NextDouble() * 100);
      var text = new string('q', 30000 + random.Next(40000)).Split('z');
      if (tick % 100 == 0) { Console.WriteLine(tick + " " + open.Count + " " + text.Length + " " + GC.GetTotalMemory(false) / 1048576); }
      Thread.Sleep(100);
    }
  }
}
