package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files by which torc and a job talk go when the job has ended well. */
class LitterTest extends Harness {

  private Path jobs;

  @BeforeEach
  void givenJobsThatTalk() {
    jobs = root.resolve(".torc/jobs");
    edit("x", "x");
    edit("y", "y");
    given(
        """
        a: { command: a, needs: { one: x, two: y }, produces: a }
        b: { command: b, needs: [a, {data: a.v}], produces: b }
        """);
    job(
        "a",
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "v=1\n");
          Files.writeString(Path.of(stub.env("TORC_EVENTS")), "{}\n");
          return work(stub);
        });
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(jobs)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void nothingIsLeftOfJobsThatEndedWell() throws Exception {
    job(
        "b",
        stub -> {
          assertEquals(List.of(".data.json", "b.data.json", "b.needs"), files());
          return work(stub);
        });
    build();
    assertEquals(0, exit, () -> notes().toString());
    assertEquals(List.of(".data.json"), files());
  }

  /** For a look, as its products. The next run that ends well takes them away. */
  @Test
  void whatAJobWasGivenThatFailedStays() throws Exception {
    failing("b");
    build();
    assertEquals(List.of(".data.json", "b.data.json", "b.needs"), files());
    usual("b");
    build();
    assertEquals(List.of(".data.json"), files());
  }

  @Test
  void whatAKilledBuildLeftGoesWithTheNextRun() throws Exception {
    deadly("a", stub -> work(stub));
    build();
    assertEquals(KILLED, exit);
    assertTrue(files().contains("a.needs"), () -> events.toString());
    usual("a");
    job(
        "a",
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "v=1\n");
          return work(stub);
        });
    build();
    assertEquals(List.of(".data.json"), files());
  }
}
