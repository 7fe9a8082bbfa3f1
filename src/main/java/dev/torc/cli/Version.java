package dev.torc.cli;

import dev.torc.posix.FileStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Which torc this is. */
final class Version {

  private Version() {}

  /** The version and a line feed. */
  static String text() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Names the very torc that is installed here: another one, though it may have the same version,
   * may read build files in another way.
   */
  static String here() throws IOException {
    try {
      URI code = Version.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      FileStatus file = FileStatus.of(Path.of(code).toString(), true);
      // Neither the version's text, which lies in the jar, nor the record's own: every start pays.
      return file.inode() + " " + file.size() + " " + file.mtime() + " " + file.ctime();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
