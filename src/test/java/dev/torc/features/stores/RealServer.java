package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real server program that runs for one test, on a free port of this machine: nginx with its
 * WebDAV, or bazel-remote. It ends with the test, also when the test is killed. Where the program
 * cannot be had, the test is skipped with the reason.
 */
public final class RealServer implements AutoCloseable {

  private static final int PATIENCE = 120; // seconds

  /** Ends the server when its own standard input is closed. */
  private static final String KEEPER =
      "\"$@\" >>\"$0\" 2>&1 & pid=$!; cat >/dev/null; kill $pid; wait $pid";

  private static final AtomicInteger PORTS =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(10_000, 30_000));

  private final Path said;
  private final int port;
  private Process keeper;

  private RealServer(Path folder, int port) {
    this.said = folder.resolve("said");
    this.port = port;
  }

  /** The server's URL. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Starts nginx, with its files in {@code data} below a folder; unless written, without PUT. */
  public static RealServer nginx(Path folder, boolean written) throws Exception {
    String program = find("nginx");
    if (program.isEmpty() && "true".equals(System.getenv("CI"))) {
      fail("nginx is not installed: apt has nginx-light, see .ci/run");
    }
    assumeTrue(!program.isEmpty(), "nginx is not installed");
    RealServer server = new RealServer(folder, freePort());
    Files.createDirectories(folder.resolve("data"));
    Path settings = folder.resolve("nginx.conf");
    boolean root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
    Files.writeString(
        settings,
        (root ? "user root;\n" : "")
            + """
            daemon off;
            worker_processes 1;
            pid %1$s/pid;
            error_log %1$s/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/tmp;
              proxy_temp_path %1$s/tmp;
              fastcgi_temp_path %1$s/tmp;
              uwsgi_temp_path %1$s/tmp;
              scgi_temp_path %1$s/tmp;
              server {
                listen 127.0.0.1:%2$d;
                root %1$s/data;
                client_max_body_size 0;
                dav_methods %3$s;
                create_full_put_path on;
              }
            }
            """
                .formatted(folder, server.port, written ? "PUT" : "off"));
    return server.start(program, "-p", folder.toString(), "-c", settings.toString());
  }

  /**
   * Starts bazel-remote, built from its source where Go is installed and finds its modules. That
   * takes minutes, so a sample only starts one that is built.
   */
  static RealServer bazelRemote(Path folder) throws Exception {
    Path program = Path.of("target/bazel-remote").toAbsolutePath();
    if (!Files.exists(program)) {
      assumeTrue(Sample.ALL, "bazel-remote is not built: -Dtorc.all builds it");
      assumeTrue(!find("go").isEmpty(), "Go is not installed, which builds bazel-remote");
      Path log = folder.resolve("build");
      Process build =
          new ProcessBuilder(
                  "go", "build", "-o", program.toString(), "github.com/buchgr/bazel-remote/v2")
              .directory(Path.of("src/test/bazel-remote").toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = build.waitFor(5, TimeUnit.MINUTES);
      build.destroyForcibly();
      assumeTrue(
          ended && Files.exists(program),
          "Go cannot build bazel-remote here: " + Files.readString(log));
    }
    RealServer server = new RealServer(folder, freePort());
    return server.start(
        program.toString(),
        "--dir=" + folder.resolve("data"),
        "--max_size=1",
        "--http_address=127.0.0.1:" + server.port,
        "--grpc_address=none");
  }

  private static String find(String program) throws Exception {
    String line = "PATH=$PATH:/usr/sbin; command -v " + program;
    Process found = new ProcessBuilder("sh", "-c", line).start();
    return new String(found.getInputStream().readAllBytes()).strip();
  }

  /**
   * A port that nothing of this machine listens at. It is below those that systems give to
   * connections, and no other call in this process gives it: a server that starts later has it.
   */
  public static int freePort() {
    for (int port = PORTS.getAndIncrement(); ; port = PORTS.getAndIncrement()) {
      try (ServerSocket free = new ServerSocket(port)) {
        return free.getLocalPort();
      } catch (IOException e) {
        assertTrue(port < 32_768, e.getMessage());
      }
    }
  }

  private RealServer start(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of("sh", "-c", KEEPER, said.toString()));
    words.addAll(List.of(command));
    keeper = new ProcessBuilder(words).start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!answers()) {
      if (System.nanoTime() > end) {
        close();
        fail(command[0] + " does not answer: " + Files.readString(said));
      }
      Thread.sleep(20);
    }
    return this;
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    keeper.getOutputStream().close();
    keeper.onExit().join();
  }
}
