package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a job that goes without instances that failed. */
class FailedSkipCommandsTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).put("least", "5\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          g:
            parameters: { i: { from: 1, to: 6 } }
            command: test {i} -ge $(cat least) && echo {i} > {i}.g
            needs: least
            produces: '{i}.g'
          sum: { command: 'cat {needs} > sum', needs: { job: g, failed: skip }, produces: sum }
        """);
  }

  @Test
  void soDoesJson() throws IOException {
    String without = "\"without\":[{\"of\":6,\"jobs\":[\"g/i=1\",\"g/i=2\",\"g/i=3\",\"g/i=4\"]}]";
    String ended = "{\"event\":\"job_ended\",\"job\":\"sum\",";
    String line =
        folder
            .run("build", "--json")
            .out()
            .lines()
            .filter(l -> l.startsWith(ended))
            .findFirst()
            .get();
    assertTrue(line.contains(without), line);
    for (String command : new String[] {"why", "list"}) {
      String json = folder.run(command, "sum", "--json").out();
      assertTrue(json.replaceAll("\\s+", "").contains(without), json);
    }
  }
}
