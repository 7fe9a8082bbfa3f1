package dev.torc.base.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that no process has open for writing when the test goes on. A child that another test
 * starts while this process writes has the file open too, for a moment, and torc would then read
 * the file once more. {@link FreshProgram} makes files that are to be started.
 */
public final class ClosedFile {

  private ClosedFile() {}

  /** Writes a file, and waits until nothing has it open for writing. */
  public static Path write(Path file, String text) throws IOException {
    return await(Files.writeString(file, text));
  }

  /** Waits until nothing has a file open for writing. */
  public static Path await(Path file) throws IOException {
    try (InputFile written = InputFile.open(file.toString(), true, Memory.of(1 << 12))) {
      written.awaitClosed();
    }
    return file;
  }
}
