package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandNamesTest {

  @TempDir Path cwd;

  @Test
  void aJobWithTheNameOfACommandIsAWarning() throws IOException {
    List<String> names = List.copyOf(new Commands().descriptions().keySet());
    StringBuilder jobs = new StringBuilder("jobs:\n  test: { command: ls }\n");
    names.forEach(name -> jobs.append("  " + name + ": { command: ls }\n"));
    Run run = new Folder(cwd).put("torc.yaml", jobs.toString()).run("check");
    List<String> warned =
        run.err().lines().map(line -> line.replaceFirst(".*warning: job (\\w+) .*", "$1")).toList();
    assertEquals(names, warned);
  }
}
