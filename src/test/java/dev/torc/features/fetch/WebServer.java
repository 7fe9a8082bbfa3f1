package dev.torc.features.fetch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** A web server on this machine whose answers a test writes, byte by byte if it must. */
public final class WebServer implements AutoCloseable {

  /** A request; the names of its headers are in lower case. */
  public record Request(String target, Map<String, String> headers) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** Writes one answer; the connection closes behind it. */
  public interface Answer {
    void to(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  /** All requests, in order. */
  public final List<Request> requests = new CopyOnWriteArrayList<>();

  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ServerSocket socket;

  private final String scheme;

  /** Starts a server on a free port. */
  public WebServer() throws IOException {
    this("http", ServerSocketFactory.getDefault());
  }

  /** Starts a server that speaks TLS. */
  public WebServer(SSLContext tls) throws IOException {
    this("https", tls.getServerSocketFactory());
  }

  private WebServer(String scheme, ServerSocketFactory sockets) throws IOException {
    this.scheme = scheme;
    this.socket = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  public String url(String path) {
    return scheme + "://127.0.0.1:" + socket.getLocalPort() + path;
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** Says what is answered for a target, one after the other; the last answer stays. */
  public void on(String target, Answer... all) {
    answers.put(target, new ArrayDeque<>(List.of(all)));
  }

  /** An answer with a status, headers and a body. */
  public static Answer answer(int status, String body, String... headers) {
    return (_, out) -> {
      out.write(head(status, body.length(), headers));
      out.write(bytes(body));
    };
  }

  /** The whole file with its true length, of which only some bytes come. */
  public static Answer cut(String body, int after, String... headers) {
    return (_, out) -> {
      out.write(head(200, body.length(), headers));
      out.write(bytes(body), 0, after);
    };
  }

  /** A file of which parts can be asked for, as long as it has this ETag. */
  public static Answer file(String body, String tag) {
    return (request, out) -> {
      boolean same = request.header("if-range").equals(tag);
      int from = same ? Integer.parseInt(request.header("range").replaceAll("\\D", "")) : 0;
      String range = "Content-Range: bytes %d-%d/%d";
      out.write(
          head(
              same ? 206 : 200,
              body.length() - from,
              "ETag: " + tag,
              range.formatted(from, body.length() - 1, body.length())));
      out.write(bytes(body.substring(from)));
    };
  }

  /** Says nothing until the test is over. */
  public Answer silence() {
    return (_, _) -> over.await();
  }

  public static byte[] head(int status, long length, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
    head.append("Content-Length: ").append(length).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return bytes(head.append("\r\n").toString());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        open.add(connection);
        Thread.ofPlatform().daemon().start(() -> serve(connection));
      }
    } catch (IOException e) {
      return; // it was closed
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      String target = line(in).split(" ")[1];
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request = new Request(target, headers);
      requests.add(request);
      next(target).to(request, connection.getOutputStream());
    } catch (IOException | InterruptedException e) {
      return; // the client hung up
    }
  }

  private synchronized Answer next(String target) {
    Deque<Answer> left = answers.get(target);
    return left == null
        ? answer(404, "no such file")
        : left.size() == 1 ? left.getFirst() : left.removeFirst();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() throws IOException {
    over.countDown();
    socket.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
