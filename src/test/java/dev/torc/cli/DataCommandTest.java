package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

  @TempDir Path cwd;

  private Folder storing() throws IOException {
    return new Folder(cwd)
        .put(
            "torc.yaml",
            """
            data: { high: 0.90, who: [Ada, 1] }
            jobs:
              train:
                command: |
                  echo 'loss={ "b": 1.10, "a": "é" }' >> "$TORC_OUTPUT"
                  printf 'text<<EOF\\none\\ntwo\\nEOF\\n' >> "$TORC_OUTPUT"
              "odd job": { command: 'echo n=007 >> "$TORC_OUTPUT"' }
              none: { command: "true" }
            """)
        .build();
  }

  @Test
  void itPrintsValuesAsTheyWereWritten() throws IOException {
    Folder folder = storing();
    String train = "train.loss={ \"b\": 1.10, \"a\": \"é\" }\ntrain.text=one ⏎ two\n";
    assertEquals(
        new Run(0, "high=0.90\nwho=[\"Ada\",1]\nodd job.n=007\n" + train, ""), folder.run("data"));
    assertEquals(new Run(0, train, ""), folder.run("data", "train"));
    assertEquals(new Run(0, train, ""), folder.run("data", "train", "none"));
    assertEquals(new Run(0, "", ""), folder.run("data", "none"));
    assertEquals(
        new Run(2, "", "torc: no job trian; did you mean train?\n"), folder.run("data", "trian"));
  }

  @Test
  void jsonHasTheValues() throws IOException {
    assertEquals(
        "{\"version\":1,\"data\":["
            + "{\"job\":null,\"key\":\"high\",\"value\":0.90},"
            + "{\"job\":null,\"key\":\"who\",\"value\":[\"Ada\",1]},"
            + "{\"job\":\"odd job\",\"key\":\"n\",\"value\":\"007\"},"
            + "{\"job\":\"train\",\"key\":\"loss\",\"value\":{\"a\":\"é\",\"b\":1.10}},"
            + "{\"job\":\"train\",\"key\":\"text\",\"value\":\"one\\ntwo\"}]}\n",
        storing().run("data", "--json").out());
  }

  @Test
  void whatAJobOfAnEarlierBuildFileStoredIsShownWhereItIsNamed() throws IOException {
    Folder folder = storing().put("torc.yaml", "jobs: { none: { command: ls } }\n");
    assertEquals(new Run(0, "", ""), folder.run("data"));
    assertEquals("odd job.n=007\n", folder.run("data", "odd job").out());
  }

  @Test
  void itWorksWhereTheBuildFileIsRefused() throws IOException {
    Run run = storing().put("torc.yaml", "jobs: 1\n").run("data", "odd job");
    assertEquals(0, run.exit());
    assertEquals("odd job.n=007\n", run.out());
    assertEquals("torc.yaml:1:7: jobs must be a map\n", run.err());
  }
}
