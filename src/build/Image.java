import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Makes the archive that needs nothing on the machine: the distribution with a trimmed JDK in
 * {@code lib/jdk}, and with the AOT caches that this JDK makes. Maven runs it from its source, on
 * the JDK that it is to trim (pom.xml). If that JDK cannot be trimmed, it prints why and ends with
 * status 0, since the archive without a JDK is made in any case.
 */
final class Image {

  /**
   * The modules that torc and its libraries use, as {@code ImageIT} tests, and {@code jdk.zipfs}.
   * Without it, an AOT cache that is made by a JDK with only modules of the boot loader forgets
   * which packages are the JDK's. Then each start searches all jars for classes that do not exist.
   */
  private static final String MODULES =
      "java.base,java.logging,java.management,java.net.http,java.xml,jdk.management,jdk.unsupported,"
          + "jdk.zipfs";

  /** The lines of a release file that the launcher needs: first, since it reads byte by byte. */
  private static final List<String> READ_AT_START =
      List.of("JAVA_VERSION=", "LIBC=", "OS_ARCH=", "OS_NAME=");

  private Image() {}

  /**
   * @param args the folder of the distribution, Maven's target folder, and the name of an archive
   *     without the name of the system
   */
  public static void main(String[] args) throws Exception {
    Path target = Path.of(args[1]);
    Path images = target.resolve("image");
    delete(images);
    Path java = Path.of(System.getProperty("java.home"));
    String name = args[2] + "-" + system(java);
    Path home = images.resolve(name);
    copy(Path.of(args[0]), home);
    String trouble = trim(java, home.resolve("lib/jdk"));
    if (trouble == null) {
      trouble = train(home, target.resolve("image.log"));
    }
    if (trouble != null) {
      System.out.println("[WARNING] no archive with a JDK was made: " + trouble);
      delete(images);
      return;
    }
    pack(images, name, target);
  }

  /** The system that a JDK is for, as archives name it: {@code linux-x86_64}. */
  private static String system(Path java) throws IOException {
    Properties release = new Properties();
    release.load(Files.newBufferedReader(java.resolve("release")));
    String os = text(release, "OS_NAME").toLowerCase().replace("darwin", "macos");
    String musl = text(release, "LIBC").equals("musl") ? "-musl" : "";
    return os + "-" + text(release, "OS_ARCH") + musl;
  }

  private static String text(Properties release, String key) {
    return release.getProperty(key, "unknown").replace("\"", "");
  }

  /** Copies files with their times, which an AOT cache names; not the caches of another JDK. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        if (!file.toString().endsWith(".aot")) {
          Path copy = to.resolve(from.relativize(file));
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /**
   * Makes the trimmed JDK, not compressed: the archive is compressed, and would get larger by it.
   *
   * @return what is wrong, null if all is well
   */
  private static String trim(Path java, Path to) throws IOException {
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElse(null);
    if (jlink == null) {
      return java + " has no jlink; install a whole JDK";
    }
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int exit =
        jlink.run(
            out,
            out,
            "--add-modules",
            MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-0",
            "--release-info",
            java.resolve("release").toString(),
            "--output",
            to.toString());
    if (exit != 0) {
      return "jlink of " + java + " says: " + said.toString().strip();
    }
    if (Files.exists(java.resolve("NOTICE"))) {
      Files.copy(java.resolve("NOTICE"), to.resolve("NOTICE"));
    }
    Path release = to.resolve("release");
    Files.write(
        release,
        Files.readAllLines(release).stream()
            .sorted(
                Comparator.comparing(line -> !READ_AT_START.stream().anyMatch(line::startsWith)))
            .toList());
    return null;
  }

  /** Makes the AOT caches with the JDK that the launcher finds in {@code home}: the trimmed one. */
  private static String train(Path home, Path log) throws Exception {
    ProcessBuilder training = new ProcessBuilder(home.resolve("bin/torc").toString());
    training.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("HOME"));
    training.environment().put("TORC_TRAINING", "1");
    training.redirectErrorStream(true).redirectOutput(log.toFile());
    boolean well = training.start().waitFor() == 0 && Files.exists(home.resolve("lib/all.aot"));
    return well ? null : "torc cannot be trained with it, see " + log;
  }

  /**
   * Packs the folder with the installed tar, and writes the archive's SHA-256 beside it; GNU tar
   * and bsdtar store root as the owner.
   */
  private static void pack(Path images, String name, Path target) throws Exception {
    String tar = run("tar", "--version");
    String owner =
        tar.contains("GNU tar")
            ? "--owner=0 --group=0 --numeric-owner"
            : tar.contains("bsdtar") ? "--uid=0 --gid=0" : "";
    String archive = target.resolve(name + ".tar.gz").toString();
    run(
        "sh",
        "-c",
        "tar " + owner + " -czf \"$1\" -C \"$2\" \"$3\"",
        "",
        archive,
        "" + images,
        name);
    // As sha256sum writes and checks it: src/build/install.sh reads it, and recipes of packages.
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(archive)));
    Files.writeString(
        Path.of(archive + ".sha256"), HexFormat.of().formatHex(sum) + "  " + name + ".tar.gz\n");
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.toList().reversed()) {
          Files.delete(file);
        }
      }
    }
  }
}
