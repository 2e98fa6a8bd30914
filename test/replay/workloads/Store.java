import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/** usage: java Store.java cache|direct|burst KIB_A_SECOND TOP_MIB: objects, memory beside the heap, requests of very different size */
public class Store {
  public static void main(String[] args) throws Exception {
    long kib = Long.parseLong(args[1]);
    long top = Long.parseLong(args[2]) << 20;
    Map<Long, byte[]> cache = new LinkedHashMap<>();
    ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
    long held = 0;
    long id = 0;
    while (true) {
      for (long made = 0; made < kib * 1024 / 4; ) {
        id++;
        if (args[0].equals("direct")) {
          ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
          for (int i = 0; i < 65_536; i += 512) buffer.put(i, (byte) 1);
          buffers.add(buffer);
          held += 65_536;
          made += 65_536;
          while (held > top) held -= buffers.poll().capacity();
        } else {
          int size = args[0].equals("burst") ? (int) (200 + (id * 7919 % 97) * (id % 41 == 0 ? 9000 : 40)) : 900 + (int) (id % 700);
          cache.put(id, new byte[size]);
          held += size;
          made += size;
          while (held > top) {
            long oldest = cache.keySet().iterator().next();
            held -= cache.remove(oldest).length;
          }
        }
      }
      Thread.sleep(250);
    }
  }
}
