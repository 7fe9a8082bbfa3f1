package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void project() throws IOException {
    folder = new Folder(cwd).put("torc.yaml", "jobs: { a: { command: 'true' } }\n");
    folder.run("build");
  }

  @Test
  void thePageGoesToTheFileThatIsNamedAndNothingElseIsLeft() throws IOException {
    assertEquals(0, folder.run("report", "-o", "page.html").exit());
    assertTrue(Files.readString(cwd.resolve("page.html")).startsWith("<!doctype html>"));
    try (Stream<Path> files = Files.list(cwd)) {
      assertEquals(
          List.of(".torc", "page.html", "torc.yaml"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aLinkStaysAndLeadsToThePage() throws IOException {
    Path real = Files.writeString(cwd.resolve("real"), "old");
    Path link = Files.createSymbolicLink(cwd.resolve("link"), real);
    assertEquals(0, folder.run("report", "-o", "link").exit());
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.readString(real).startsWith("<!doctype html>"));
  }

  @Test
  void withoutAFileItIsOnStandardOutput() {
    assertTrue(folder.run("report").out().startsWith("<!doctype html>"));
  }
}
