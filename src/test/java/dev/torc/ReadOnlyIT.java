package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree that cannot be written to, whose records lie elsewhere. */
class ReadOnlyIT {

  @TempDir Path temp;

  @Test
  void whereAllIsUpToDateNothingIsDone() throws Exception {
    Path cache = Files.createDirectory(temp.resolve("cache"));
    try (Sandbox project = new Sandbox(temp);
        SmallDisk disk = SmallDisk.on(project.root, "3m")) {
      project.env.put("TORC_CACHE", cache.toString());
      project.write("x", "x");
      project.build(
          """
          jobs:
            a: { command: "cp x a", needs: x, produces: a }
            b: { command: "cp a b", needs: a, produces: b }
          """);
      assertEquals(0, project.torc().exit());
      disk.readOnly();
      assertUpToDate(project.torc());
      for (Path rest : restsBelow(cache)) {
        Files.delete(rest);
      }
      assertUpToDate(project.torc()); // by what the files contain
      Ran forced = project.torc("--force", "b");
      Path torc = project.root.resolve(".torc");
      assertEquals(3, forced.exit());
      assertEquals(
          "torc: cannot lock %s/lock: read-only file system; make %s writable\n"
              .formatted(torc, torc),
          forced.err());
    }
  }

  private static void assertUpToDate(Ran ran) {
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("2 jobs: 0 ran, 2 up to date, 0 failed", ran.counts());
  }

  private static List<Path> restsBelow(Path cache) throws Exception {
    try (Stream<Path> files = Files.walk(cache)) {
      List<Path> rests = files.filter(file -> file.endsWith("rest")).toList();
      assertTrue(!rests.isEmpty());
      return rests;
    }
  }
}
