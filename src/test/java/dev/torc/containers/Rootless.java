package dev.torc.containers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * podman for the user of number 65534, which has no range of ids, with a storage of its own. Where
 * the tests do not run as root, or that user cannot run torc or a container, its tests are skipped
 * with the words of the failed command.
 */
final class Rootless implements AutoCloseable {

  /** The user's number, and the group's. */
  static final int ID = 65534;

  private static final List<String> PATIENT = List.of("timeout", "-k", "5", "60");

  private final Path folder;

  private Rootless(Path folder) {
    this.folder = folder;
  }

  /**
   * Lets the user into a folder. The storage is elsewhere: podman 4.3 takes 20 s more to run a
   * container where the path of the storage is long.
   */
  static Rootless in(Path temp) throws Exception {
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(temp, "unix:uid")), "not root");
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Rootless rootless = new Rootless(Files.createTempDirectory("r"));
    try {
      rootless.prepare();
      return rootless;
    } catch (Throwable e) {
      rootless.close();
      throw e;
    }
  }

  private void prepare() throws Exception {
    Path xdg = Files.createDirectory(folder.resolve("xdg"));
    Path bin = Files.createDirectories(folder.resolve("image/bin"));
    Files.createDirectory(folder.resolve("image/tmp"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
    for (String command : List.of("sh", "id", "sleep", "tail", "true")) {
      Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
    }
    RealPodman.configure(folder);
    owns(folder);
    Files.setPosixFilePermissions(xdg, PosixFilePermissions.fromString("rwx------"));
    String torc = ask(Sandbox.launcher(), "--version");
    assumeTrue(torc.startsWith("torc "), "another user cannot run torc: " + torc);
    String made =
        ask(
            "sh",
            "-c",
            "tar -C image --owner=0 --group=0 -cf image.tar . && podman import -q image.tar"
                + " "
                + RealPodman.BUSYBOX
                + " && podman run --rm --network host "
                + RealPodman.BUSYBOX
                + " sh -c 'echo works'");
    assumeTrue(made.endsWith("works"), "rootless podman cannot run a container here: " + made);
  }

  /** Removes the storage, and ends the process that podman keeps for a user. */
  @Override
  public void close() throws IOException {
    try {
      ask("podman", "system", "migrate");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The user's environment. */
  Map<String, String> env() {
    Map<String, String> env = new HashMap<>(RealPodman.env(folder));
    env.put("HOME", folder.toString());
    env.put("XDG_RUNTIME_DIR", folder.resolve("xdg").toString());
    return env;
  }

  /** A command as the user runs it. */
  List<String> command(List<String> words) {
    String id = Integer.toString(ID);
    List<String> as = List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups");
    return Stream.concat(as.stream(), words.stream()).toList();
  }

  /** Gives a folder, with all in it, to the user. */
  void owns(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(each -> !Files.isSymbolicLink(each)).toList()) {
        Files.setAttribute(file, "unix:uid", ID);
        Files.setAttribute(file, "unix:gid", ID);
      }
    }
  }

  /** Whether this podman can limit a container's memory. */
  boolean holdsLimits() throws Exception {
    return ask("podman", "info", "--format", "{{.Host.CgroupControllers}}").contains("memory");
  }

  /** The id of the last container that there is; empty for none. */
  String containers() throws Exception {
    return ask("podman", "ps", "--all", "--quiet");
  }

  /** The last line of a command's output, or the error where it cannot start. */
  private String ask(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command(Stream.concat(PATIENT.stream(), Stream.of(words)).toList()))
            .directory(folder.toFile())
            .redirectErrorStream(true);
    Path said = Files.createTempFile("said", "");
    try {
      builder.environment().clear();
      builder.environment().putAll(env());
      builder.environment().put("PATH", System.getenv("PATH"));
      builder.environment().put("TORC_JAVA_HOME", System.getProperty("java.home"));
      Process process = builder.redirectOutput(said.toFile()).start();
      process.getOutputStream().close();
      process.waitFor();
      List<String> lines =
          Files.readString(said, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("time="))
              .toList();
      return lines.isEmpty() ? "" : lines.getLast();
    } catch (IOException e) {
      return e.getMessage();
    } finally {
      Files.delete(said);
    }
  }
}
