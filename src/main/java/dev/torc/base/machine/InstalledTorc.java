package dev.torc.base.machine;

import dev.torc.base.posix.FileStatus;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;

/** The running torc and its installation. It never asks another machine for a newer version. */
public final class InstalledTorc {

  private InstalledTorc() {}

  /** Returns an id of this build of torc; two builds of one version may read files differently. */
  public static String id() throws IOException {
    return FileStatus.of(code().toString(), true).id(); // reading the version would open the jar
  }

  /** Returns the {@code torc} program; throws if only its classes are installed. */
  public static Path program() throws IOException {
    Path program = code().toAbsolutePath().resolveSibling("../bin/torc").normalize();
    if (!Files.isExecutable(program)) {
      throw new IOException(program + " is missing beside torc's own code; reinstall torc");
    }
    return program;
  }

  /**
   * Returns the running torc.jar, or the folder of its classes. Asks the class path first: for
   * classes in the AOT cache, the JVM names the jar that the cache was made from, which may be
   * gone.
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

  /** Opens a shipped file: beside the jar if it is there, since opening the jar takes 9 ms. */
  public static InputStream open(String name) throws IOException {
    Path beside = code().resolveSibling("../share/" + name);
    return Files.exists(beside)
        ? Files.newInputStream(beside)
        : InstalledTorc.class.getResourceAsStream("/dev/torc/" + name);
  }

  /** Returns the lines of a shipped table without empty lines and those that begin with #. */
  public static List<String> rows(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the version, followed in parentheses by the commit that it was built from. */
  public static String version() throws IOException {
    try (InputStream in = InstalledTorc.class.getResourceAsStream("/dev/torc/version.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /**
   * How torc was installed, as far as its files show it. The update names no package of a registry:
   * torc has none there, so a package of that name would be another project's.
   */
  public record Installation(String way, Path home, String update) {

    public static Installation here() throws IOException {
      Path code = code().toAbsolutePath().normalize();
      return of(code.endsWith("lib/torc.jar") ? code.getParent().getParent() : code);
    }

    static Installation of(Path home) {
      Path built = home.endsWith("target/torc") || home.endsWith("target/classes") ? home : null;
      Path clone = built == null ? null : built.getParent().getParent();
      if (clone != null && Files.exists(clone.resolve("pom.xml"))) {
        return new Installation("clone", home, "run mvn -q package -Dmaven.test.skip in " + clone);
      }
      if (home.endsWith("lib/torc-build")) {
        return new Installation("wheel", home, "install a newer wheel with pip, pipx or uv");
      }
      Path root = home.getRoot();
      if (home.equals(root.resolve("usr/lib/torc"))) {
        boolean deb = Files.exists(root.resolve("var/lib/dpkg/info/torc.list"));
        return deb
            ? new Installation("deb", home, "install a newer package with dpkg -i")
            : new Installation("rpm", home, "install a newer package with rpm -U");
      }
      Path link = home.resolve("../../bin/torc").normalize();
      return home.endsWith("lib/torc") && Files.isSymbolicLink(link)
          ? new Installation("install.sh", home, "run install.sh again")
          : new Installation("archive", home, "unpack a newer archive there");
    }
  }
}
