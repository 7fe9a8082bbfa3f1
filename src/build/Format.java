import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that every source is formatted by google-java-format, or with the argument {@code fix}
 * formats it. Maven runs it from its source before anything is compiled (pom.xml). It looks only at
 * sources that changed since it last found all of them formatted. In a new clone it checks those
 * that the last commit or the user changed, without the argument {@code some} all: CI checks all of
 * each commit, which takes half a minute of CPU.
 */
final class Format {

  private static final Path WELL = Path.of("target", "formatted");

  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    FileTime begin = FileTime.from(Instant.now());
    FileTime since = since();
    boolean few = List.of(args).contains("some") && !Files.exists(WELL);
    Set<String> recent = few ? recent() : Set.of();
    List<String> sources;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java") && changed(file, since))
              .map(Path::toString)
              .filter(file -> recent.isEmpty() || recent.contains(file))
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

  /** Returns the files that the last commit or the user changed; empty if git cannot tell them. */
  private static Set<String> recent() throws Exception {
    String git = "git diff --name-only HEAD~1 && git ls-files -o --exclude-standard";
    Process process = new ProcessBuilder("sh", "-c", git).redirectError(Redirect.DISCARD).start();
    Set<String> files = process.inputReader().lines().collect(Collectors.toSet());
    return process.waitFor() == 0 ? files : Set.of();
  }

  private static boolean changed(Path file, FileTime since) {
    try {
      return Files.getLastModifiedTime(file).compareTo(since) >= 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
