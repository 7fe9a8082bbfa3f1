package dev.torc.core.memory;

import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Checks a database that was not closed properly. LMDB trusts its pages, and a damaged one can
 * crash the process, so another process ({@link RecoveryProcess}) reads all records first. For
 * writing, that process copies them into a new file, which replaces the old one; if it crashes,
 * finds damage or exceeds the time limit, the old file is set aside. For reading, damage is only
 * returned, and the file stays. Other errors, such as a full disk or too little memory, do not mean
 * damage: the file stays, and the next opening tries again.
 */
final class Recovery {

  /** The time limit. The records of 100 000 jobs, a few hundred megabytes, take seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Starts Java so that a crash leaves no file. The process ignores signals, because Ctrl-C would
   * otherwise end it as if the file were damaged. It exits when its standard input is closed, which
   * also happens if this process ends.
   */
  private static final String SHELL =
      """
      ulimit -c 0
      trap '' HUP INT QUIT TERM TSTP
      exec "$0" -Xrs -XX:+SuppressFatalErrorMessage -XX:+DisplayVMOutputToStderr -XX:-UsePerfData \
        -XX:+UseSerialGC -XX:MaxNewSize=24m -XX:TieredStopAtLevel=1 \
        --enable-native-access=ALL-UNNAMED -Djffi.unsafe.disabled=true "$@"
      """;

  private static final String EMPTY = "empty";

  /**
   * Explains an empty database that was not closed properly. If a job truncates files in {@code
   * .torc}, a SIGBUS in the mapped file ends torc before it can report the cause.
   */
  private static final String TRUNCATED =
      ", as after a job that truncates files in .torc, which ends torc at once";

  static final String NEVER_BUILT = "everything counts as never built";

  private Recovery() {}

  static void replace(CachePlace place, Consumer<String> note) throws IOException {
    Path data = place.data();
    Path copy = data.resolveSibling("data.mdb.new");
    OwnFile.remove(copy);
    try {
      String damage = damage(data, copy);
      if (damage.equals(EMPTY) && !Files.exists(place.closed())) {
        damage += TRUNCATED;
      }
      if (damage.isEmpty()) {
        Files.move(copy, data, StandardCopyOption.ATOMIC_MOVE);
        Journal.syncName(data);
      } else {
        String next = place.isNetworkRoot() ? "is made again from the journal" : NEVER_BUILT;
        setAside("cache", data, damage, next, note);
      }
      // A reader may use the old file and lock table; the new file must not share that table.
      Files.deleteIfExists(place.lockTable());
    } finally {
      Files.deleteIfExists(copy); // it may be what fills the disk
    }
  }

  /**
   * Describes the damage of a database; empty if there is none; copies records unless {@code copy}
   * is null.
   */
  static String damage(Path data, Path copy) throws IOException {
    if (!Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)) {
      return "not a regular file";
    }
    return Files.size(data) == 0 ? EMPTY : damage(data, command(data, copy), PATIENCE);
  }

  /** Runs the process that reads a database, and returns how it is damaged, or nothing. */
  static String damage(Path data, List<String> command, Duration patience) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    try {
      if (!process.waitFor(patience)) {
        return "not to be read in %d s".formatted(patience.toSeconds());
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return switch (process.exitValue()) {
        case RecoveryProcess.TOLD -> said;
        case RecoveryProcess.TROUBLE -> throw new CacheException(said);
        case 132, 134, 135, 138, 136, 139 -> "damaged"; // ILL, ABRT, BUS on two systems, FPE, SEGV
        default ->
            throw new CacheException(
                "cannot check the cache %s: the process that reads it ended with %d; call torc again"
                    .formatted(data, process.exitValue()));
      };
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while the cache was read");
    } finally {
      process.destroyForcibly();
    }
  }

  static List<String> command(Path data, Path copy) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, java));
    for (String name : List.of("lmdbjava.native.lib", "jffi.boot.library.path")) {
      if (System.getProperty(name) != null) {
        command.add("-D" + name + "=" + forAnother(System.getProperty(name)));
      }
    }
    command.addAll(List.of("-cp", forAnother(System.getProperty("java.class.path"))));
    command.addAll(List.of(RecoveryProcess.class.getName(), data.toString()));
    if (copy != null) {
      command.add(copy.toString());
    }
    return command;
  }

  /** Returns a path by which another process can open a file that is open in this process. */
  private static String forAnother(String path) {
    return path.replace("/proc/self/", "/proc/" + ProcessHandle.current().pid() + "/");
  }

  /** Renames a bad file and reports that; {@code how} and {@code next} are parts of the message. */
  static void setAside(String what, Path file, String how, String next, Consumer<String> note)
      throws IOException {
    int number = 1;
    Path aside = file;
    while (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      aside = file.resolveSibling(file.getFileName() + ".bad-" + number++);
    }
    Files.move(file, aside);
    note.accept(
        "the %s %s is %s; it was set aside as %s, and %s"
            .formatted(what, file, how, aside.getFileName(), next));
  }
}
