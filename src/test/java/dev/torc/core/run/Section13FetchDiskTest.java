package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.SmallDisk;
import dev.torc.core.attempt.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Section 13, fetch: the product is on another file system than the root, and its disk is small.
 */
class Section13FetchDiskTest extends FetchHarness {

  private SmallDisk disk;

  @BeforeEach
  void mount() throws IOException {
    disk = SmallDisk.on(Files.createDirectory(root.resolve("d")), "1m");
  }

  @AfterEach
  void unmount() throws IOException {
    disk.close();
  }

  /** The files beside the product, with their sizes. */
  private List<String> beside() throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(disk.at())) {
      for (Path each : all.toList()) {
        String name = each.getFileName().toString().replaceFirst("[0-9a-f]{32}$", "NAME");
        files.add(name + " " + Files.size(each));
      }
    }
    return files;
  }

  @Test
  void theBytesComeBesideTheProductAndAreContinuedThere() throws IOException {
    List<String> seen = new ArrayList<>();
    web.on(
        "/x",
        cut(DATA, 9, "ETag: \"1\""),
        (request, out) -> {
          seen.addAll(beside());
          file(DATA, "\"1\"").to(request, out);
        });
    fetching("", "/x");
    build();
    fetched(DATA);
    assertEquals("bytes=9-", web.requests.get(1).header("range"));
    assertEquals(List.of(".torc-fetch-NAME 9"), seen);
    assertEquals(List.of("x " + DATA.length()), beside());
  }

  @Test
  void aFileThatIsTooLargeLeavesTheDiskEmpty() throws IOException {
    web.on("/x", answer(200, "x".repeat(3 << 20), "ETag: \"1\""));
    web.on("/z", answer(200, DATA));
    fetching("", "/x", "/z");
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertEquals("no space left on device: make room", what("get"));
    assertEquals(List.of(), beside());
    assertEquals(1, web.requests.size());
    fetching("", "/z");
    build();
    fetched(DATA);
  }
}
