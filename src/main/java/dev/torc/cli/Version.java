package dev.torc.cli;

import dev.torc.posix.FileStatus;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;

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
    FileStatus file = FileStatus.of(code().toString(), true);
    // Neither the version's text, which lies in the jar, nor the record's own: every start pays.
    return file.inode() + " " + file.size() + " " + file.mtime() + " " + file.ctime();
  }

  /**
   * The torc.jar that runs, or the folder of its classes. The class path comes first: of classes
   * out of the AOT cache the JVM tells the jar that the cache was made of, which may be gone.
   */
  static Path code() throws IOException {
    String path = System.getProperty("java.class.path", "");
    if (path.endsWith("torc.jar") && path.indexOf(File.pathSeparatorChar) < 0) {
      return Path.of(path);
    }
    CodeSource code = Version.class.getProtectionDomain().getCodeSource();
    if (code == null || code.getLocation() == null) {
      throw new IOException("cannot find torc's own code; install torc anew");
    }
    try {
      return Path.of(code.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
