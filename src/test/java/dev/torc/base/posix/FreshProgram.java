package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that can be started as soon as a test made it. While this process has a file open for
 * writing, another test may start a child, which then has the file open too, and the system refuses
 * to start the file ({@code Text file busy}). So other processes make these files.
 */
public final class FreshProgram {

  private FreshProgram() {}

  /** Writes a program anew. */
  public static Path write(Path file, String text) throws IOException {
    return made(file, "cat >\"$0\" && chmod 755 \"$0\"", text);
  }

  /** Puts a copy in the place of a file, with its mode, that this process never had open. */
  public static Path of(Path file) throws IOException {
    return made(file, "cp -p \"$0\" \"$0.copy\" && mv -f \"$0.copy\" \"$0\"", "");
  }

  private static Path made(Path file, String how, String text) throws IOException {
    Process making = new ProcessBuilder("sh", "-c", how, file.toString()).start();
    try (OutputStream in = making.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(0, making.onExit().join().exitValue());
    return file;
  }
}
