package dev.torc.features.stores;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server of entries and blobs on this machine whose answers a test can replace, byte by byte. */
public final class HostileServer implements AutoCloseable {

  private static final int PIECE = 2 << 20;

  /** Answers a request in its own way; the connection closes after it. */
  public interface Trick {
    void answer(OutputStream out) throws IOException, InterruptedException;
  }

  /** The files that clients put and get, by path. */
  public final Map<String, byte[]> files = new ConcurrentHashMap<>();

  /** Tricks by method and the first part of the path, such as {@code GET /ac}. */
  public final Map<String, Trick> tricks = new ConcurrentHashMap<>();

  /** The methods and paths of all requests, in order. */
  public final List<String> requests = new CopyOnWriteArrayList<>();

  /** The header lines of all requests. */
  public final List<String> headers = new CopyOnWriteArrayList<>();

  /** Is called for each piece of a body that came; the next piece is read when it returns. */
  public volatile Piece piece = _ -> {};

  /** What is done with a piece of so many bytes. */
  public interface Piece {
    void came(int bytes) throws InterruptedException;
  }

  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ServerSocket socket;

  /** Starts a server on a free port. */
  public HostileServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** The URL of the store. */
  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/store";
  }

  /** Says nothing more until the test is over. */
  public void silence() throws InterruptedException {
    over.await();
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
      OutputStream out = connection.getOutputStream();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          headers.add(header);
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring(15).strip());
          }
        }
        String method = line.substring(0, line.indexOf(' '));
        String path = line.split(" ")[1].substring("/store".length());
        requests.add(method + " " + path);
        Trick trick = tricks.get(method + " " + path.substring(0, path.indexOf('/', 1)));
        if (trick != null) {
          trick.answer(out);
          return;
        }
        answer(method, path, body(in, length), out);
      }
    } catch (IOException | InterruptedException e) {
      return; // the client hung up
    }
  }

  private byte[] body(InputStream in, int length) throws IOException, InterruptedException {
    byte[] body = new byte[length];
    for (int at = 0; at < length; ) {
      int read = in.readNBytes(body, at, Math.min(PIECE, length - at));
      if (read == 0) {
        throw new EOFException();
      }
      at += read;
      piece.came(read);
    }
    return body;
  }

  private void answer(String method, String path, byte[] body, OutputStream out)
      throws IOException {
    if (method.equals("PUT")) {
      files.put(path, body);
      out.write(head(201, 0));
      return;
    }
    byte[] file = files.get(path);
    if (file == null) {
      out.write(head(404, 0));
      return;
    }
    out.write(head(200, file.length));
    if (method.equals("GET")) {
      out.write(file);
    }
  }

  /** The status line and the headers of an answer. */
  static byte[] head(int status, long length) {
    return ("HTTP/1.1 " + status + " X\r\nContent-Length: " + length + "\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
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
