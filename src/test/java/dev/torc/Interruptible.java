package dev.torc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets Ctrl-C end what a test starts where it is ignored here, as in what a shell starts in the
 * background: a program passes that on to all that it starts, and no shell can undo it.
 */
public final class Interruptible {

  private static final int INT = 2;

  private Interruptible() {}

  /** The command, for which INT does what it does by default. */
  public static List<String> command(List<String> command) throws IOException {
    return isIgnored()
        ? Stream.concat(Stream.of("env", "--default-signal=INT"), command.stream()).toList()
        : command;
  }

  private static boolean isIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    for (String line : Files.exists(status) ? Files.readAllLines(status) : List.<String>of()) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> INT - 1 & 1) == 1;
      }
    }
    return false;
  }
}
