package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Main;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every source is as google-java-format writes it; -Dtorc.format=fix rewrites those that are not.
 */
class FormatTest {

  @Test
  void everySourceIsFormatted() throws Exception {
    List<String> sources;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      sources = files.map(Path::toString).filter(f -> f.endsWith(".java")).sorted().toList();
    }
    assertTrue(sources.size() > 20, "only " + sources.size() + " sources");

    boolean fix = "fix".equals(System.getProperty("torc.format"));
    Stream<String> options = fix ? Stream.of("--replace") : Stream.of("--dry-run");
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        new Main(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                InputStream.nullInputStream())
            .format(Stream.concat(options, sources.stream()).toArray(String[]::new));

    assertEquals("", err.toString());
    assertEquals(0, exit);
    assertEquals(
        "",
        out.toString(),
        "not formatted; mvn -q test -Dtest=FormatTest -Dtorc.format=fix does it");
  }
}
