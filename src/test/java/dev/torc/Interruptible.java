package dev.torc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets INT (Ctrl-C) and HUP (a lost session) end the programs that a test starts, also where they
 * are ignored in this process, as in the background of a shell or below nohup: a program passes
 * ignored signals on to all that it starts, and no shell can undo that.
 */
public final class Interruptible {

  private static final int HUP = 1;
  private static final int INT = 2;

  private Interruptible() {}

  /** Returns the command with the default actions for HUP and INT. */
  public static List<String> command(List<String> command) throws IOException {
    if (!isIgnored()) {
      return command;
    }
    List<String> with = new ArrayList<>(List.of("env", "--default-signal=HUP,INT"));
    with.addAll(command);
    with.set(2, program(command.getFirst()));
    return with;
  }

  /** Returns a program's path: env would look for it in the PATH that the program gets. */
  private static String program(String name) {
    return name.contains("/")
        ? name
        : Stream.of(System.getenv("PATH").split(":"))
            .map(folder -> folder + "/" + name)
            .filter(path -> Files.isExecutable(Path.of(path)))
            .findFirst()
            .orElse(name);
  }

  private static boolean isIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    for (String line : Files.exists(status) ? Files.readAllLines(status) : List.<String>of()) {
      if (line.startsWith("SigIgn:")) {
        long ignored = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (ignored & (1 << HUP - 1 | 1 << INT - 1)) != 0;
      }
    }
    return false;
  }
}
