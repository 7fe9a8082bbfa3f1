package dev.torc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that can be started as soon as a test wrote it. While this process has it open for
 * writing, another test may start a child, which has it open then, too, and the system refuses to
 * start it ({@code Text file busy}).
 */
public final class FreshProgram {

  private FreshProgram() {}

  /** Puts a copy in the place of a file, with its mode, that this process never had open. */
  public static Path of(Path file) throws IOException {
    String copy = "cp -p \"$0\" \"$0.copy\" && mv -f \"$0.copy\" \"$0\"";
    Process copying = new ProcessBuilder("sh", "-c", copy, file.toString()).start();
    assertEquals(0, copying.onExit().join().exitValue());
    return file;
  }
}
