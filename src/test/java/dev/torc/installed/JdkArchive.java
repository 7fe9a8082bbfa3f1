package dev.torc.installed;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The archive with a JDK of its own that Maven makes before the end-to-end tests, and a project in
 * which torc can find no other Java than that. Tests are skipped if the JDK of this machine cannot
 * be trimmed; with CI=true they fail.
 */
final class JdkArchive {

  private static final Path TARGET =
      Path.of(System.getProperty("torc.home")).toAbsolutePath().getParent();

  private JdkArchive() {}

  /** Returns the archive. */
  static Path file() throws Exception {
    List<Path> archives;
    try (Stream<Path> files = Files.list(TARGET)) {
      archives =
          files
              .filter(
                  f -> f.getFileName().toString().matches("torc-.*-(linux|macos)-.*\\.tar\\.gz"))
              .toList();
    }
    if (archives.isEmpty() && "true".equals(System.getenv("CI"))) {
      fail("no archive with a JDK was made: see what Maven says before the tests");
    }
    assumeTrue(!archives.isEmpty(), "this JDK makes no archive: see what Maven says above");
    return archives.getLast();
  }

  /** Returns the folder that was packed. */
  static Path folder() throws Exception {
    return TARGET.resolve("image").resolve(name());
  }

  /** Returns the name of the folder in the archive, torc-VERSION-SYSTEM. */
  static String name() throws Exception {
    return file().getFileName().toString().replace(".tar.gz", "");
  }

  /** Makes a small project whose only programs on the PATH are the named ones; no Java is there. */
  static Sandbox project(Path temp, String... programs) throws Exception {
    Sandbox box = new Sandbox(temp);
    box.build(
        "{ shell: [sh, -e, -c],"
            + " jobs: { a: { command: 'echo hello > {produces}', produces: [out.txt] } } }");
    Path tools = Files.createTempDirectory(temp.toRealPath(), "tools");
    for (String program : programs) {
      Files.createSymbolicLink(tools.resolve(program), program(program));
    }
    box.env.remove("TORC_JAVA_HOME");
    box.env.put("PATH", tools.toString());
    box.env.put("JAVA_HOME", otherJava(temp).toString());
    return box;
  }

  private static Path program(String name) {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not installed"));
  }

  /** Makes a Java that the launcher takes if it does not find its own; it only prints a word. */
  static Path otherJava(Path temp) throws Exception {
    Path home = Files.createTempDirectory(temp, "java");
    Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25\"\n");
    Files.writeString(java, "#!/bin/sh\necho other\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }
}
