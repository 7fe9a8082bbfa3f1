package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The folder of {@code {tmp}}: empty, an attempt's own, gone with it, and after a kill too. */
class TemporaryFolderTest extends Harness {

  private final List<Path> had = new ArrayList<>();

  /** Fills the folder as a program would, and remembers where it was. */
  private ProcessEnd fills(StubRunner.Stub job) throws IOException {
    Path tmp = Path.of(job.env("TORC_TMP"));
    try (Stream<Path> inside = Files.list(tmp)) {
      assertEquals(0, inside.count());
    }
    had.add(tmp);
    assertTrue(job.command().endsWith(tmp.toString()), job.command());
    Files.createDirectories(tmp.resolve("a/b"));
    Files.writeString(tmp.resolve("a/b/file"), "1");
    Files.setPosixFilePermissions(tmp.resolve("a"), PosixFilePermissions.fromString("r-x------"));
    Files.createSymbolicLink(tmp.resolve("link"), root.resolve("x"));
    return work(job);
  }

  private void given() {
    given("a: { command: 'make {tmp}', needs: [x], produces: [a.out], retries: 1 }");
    edit("x", "1");
  }

  @Test
  void isEmptyAndGoesWithEachAttemptHoweverThatEnds() {
    given();
    job(
        "a",
        stub -> {
          fills(stub);
          return stub.exit(stub.attempt() == 1 ? 1 : 0);
        });
    build();
    assertEquals(0, exit, () -> notes().toString());
    assertEquals(2, had.size());
    assertNotEquals(had.getFirst(), had.getLast());
    had.forEach(tmp -> assertFalse(Files.exists(tmp), tmp.toString()));
    assertEquals("1", read("x"), "what a link leads to stays");
    assertEquals("up to date", look().get("a"));
  }

  @Test
  void whatAKilledTorcLeftGoesWithTheNextBuild() {
    given();
    deadly("a", this::fills);
    build();
    assertEquals(137, exit);
    assertTrue(Files.exists(had.getFirst().resolve("a/b/file")));
    job("a", this::work);
    build();
    assertFalse(Files.exists(had.getFirst()));
    settled();
  }

  @Test
  void countsInTheManifestAsItIsWritten() {
    given();
    build().ran("a");
    force = true;
    build(); // by another folder
    force = false;
    assertEquals("up to date", look().get("a"));
    given("a: { command: 'make', needs: [x], produces: [a.out], retries: 1 }");
    assertEquals("will run: setting changed command", look().get("a"));
  }

  @Test
  void isThereForWhoNamesItOnly() {
    List<String> seen = new ArrayList<>();
    given(
        """
        a: { command: 'make $TORC_TMP' }
        b: { command: make, env: { TMPDIR: '{tmp}' } }
        c: { command: make }
        """);
    for (String name : List.of("a", "b")) {
      job(
          name,
          stub -> {
            assertTrue(Files.isDirectory(Path.of(stub.env("TORC_TMP"))));
            seen.add(name);
            return stub.exit(0);
          });
    }
    job(
        "c",
        stub -> {
          assertNull(stub.env("TORC_TMP"));
          return stub.exit(0);
        });
    build();
    assertEquals(0, exit, () -> notes().toString());
    assertEquals(2, seen.size());
  }
}
