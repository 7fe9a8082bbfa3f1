package dev.torc.session;

import dev.torc.posix.FileStatus;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** The torc that runs, as it is installed. The command line tells its version to people. */
final class InstalledTorc {

  private InstalledTorc() {}

  /**
   * Names the very torc that is installed here: another one, though it may have the same version,
   * may read build files in another way.
   */
  static String id() throws IOException {
    FileStatus file = FileStatus.of(code().toString(), true);
    // Uses neither the version's text, which lies in the jar, nor toString: each start would pay.
    return file.inode() + " " + file.size() + " " + file.mtime() + " " + file.ctime();
  }

  /** The program that starts it; throws where only its classes are here. */
  static Path program() throws IOException {
    Path program = code().toAbsolutePath().resolveSibling("../bin/torc").normalize();
    if (!Files.isExecutable(program)) {
      throw new IOException(
          "there is no " + program + " beside torc's own code; install torc anew");
    }
    return program;
  }

  /**
   * The torc.jar that runs, or the folder of its classes. The class path comes first: for classes
   * of the AOT cache the JVM names the jar that the cache was made from, which may be gone.
   */
  public static Path code() throws IOException {
    String path = System.getProperty("java.class.path", "");
    if (path.endsWith("torc.jar") && path.indexOf(File.pathSeparatorChar) < 0) {
      return Path.of(path);
    }
    CodeSource code = InstalledTorc.class.getProtectionDomain().getCodeSource();
    try {
      return Path.of(code.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
