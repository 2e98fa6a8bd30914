import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** usage: java App.java leak|saw|threads RATE_KIB_A_SECOND LIVE_MIB SECONDS */
public class App {
  public static void main(String[] args) throws Exception {
    String mode = args[0];
    int kib = Integer.parseInt(args[1]);
    int liveMib = Integer.parseInt(args[2]);
    long end = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
    Random random = new Random(7);
    List<byte[]> kept = new ArrayList<>();
    while (System.nanoTime() < end) {
      if (mode.equals("threads")) {
        Thread thread = new Thread(() -> {
          try {
            Thread.sleep(1_000_000);
          } catch (InterruptedException e) {
            return;
          }
        });
        thread.setDaemon(true);
        thread.start();
        Thread.sleep(kib);
        continue;
      }
      for (int i = 0; i < kib / 10; i++) {
        byte[] block = new byte[1024];
        if (mode.equals("leak") || kept.size() < liveMib * 1024) {
          if (mode.equals("saw") || i % 4 == 0) kept.add(block);
        } else kept.set(random.nextInt(kept.size()), block);
      }
      for (int i = 0; i < kib / 4; i++) random.nextBytes(new byte[1024]);
      Thread.sleep(100);
    }
  }
}
