// A web shop in Java. usage: java Shop.java sessions|recent|classes PORT SIZE MOST
//   sessions: SIZE objects for every visitor, kept; recent: the same, MOST of them; classes: every request makes SIZE proxy classes in a loader
//   of its own, as a template engine does, and keeps them.
import com.sun.net.httpserver.HttpServer;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class Shop {
  public static void main(String[] args) throws Exception {
    String mode = args[0];
    int size = Integer.parseInt(args[2]);
    int most = Integer.parseInt(args[3]);
    Map<String, List<Object>> sessions =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, List<Object>> eldest) {
            return most > 0 && size() > most;
          }
        };
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 50);
    server.createContext(
        "/",
        exchange -> {
          List<Object> basket = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            if (mode.equals("classes")) {
              ClassLoader loader = new URLClassLoader(new URL[0], Shop.class.getClassLoader());
              basket.add(Proxy.newProxyInstance(loader, new Class<?>[] {Comparable.class}, (p, m, a) -> null));
            } else basket.add("item " + i + " of " + exchange.getRequestURI());
          }
          sessions.put(exchange.getRequestURI().getQuery(), basket);
          byte[] body = ("sessions: " + sessions.size()).getBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }
}
