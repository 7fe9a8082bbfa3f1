import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks that every source is formatted by google-java-format, or with the argument {@code fix}
 * formats it. Maven runs it from its source before anything is compiled (pom.xml). It looks only at
 * sources that changed since it last found all of them formatted.
 */
final class Format {

  private static final Path WELL = Path.of("target", "formatted");

  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    FileTime begin = FileTime.from(Instant.now());
    FileTime since = since();
    List<String> sources;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java") && changed(file, since))
              .map(Path::toString)
              .toList();
    }
    if (sources.isEmpty()) {
      return;
    }
    Stream<String> options =
        fix ? Stream.of("--replace") : Stream.of("--dry-run", "--set-exit-if-changed");
    int exit =
        new Main(
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true),
                InputStream.nullInputStream())
            .format(Stream.concat(options, sources.stream()).toArray(String[]::new));
    if (exit != 0) {
      System.err.println(
          "these are not formatted; mvn -q process-sources -Dtorc.format=fix does it");
      System.exit(1);
    }
    Files.createDirectories(WELL.getParent());
    Files.writeString(WELL, "");
    Files.setLastModifiedTime(WELL, begin);
  }

  /** When all were last formatted; 1970 if unknown, or if pom.xml (the formatter) changed since. */
  private static FileTime since() throws IOException {
    return Files.exists(WELL) && !changed(Path.of("pom.xml"), Files.getLastModifiedTime(WELL))
        ? Files.getLastModifiedTime(WELL)
        : FileTime.fromMillis(0);
  }

  private static boolean changed(Path file, FileTime since) {
    try {
      return Files.getLastModifiedTime(file).compareTo(since) >= 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
