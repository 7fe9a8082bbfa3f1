package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.SmallDisk;
import dev.torc.ask.Call;
import dev.torc.hash.WatchedStamps;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 15: only recorded members of a folder are removed, no mount is crossed, all else is kept.
 */
class Rule15FolderTest extends Harness {

  private static final String JOB = "a: { command: a, needs: [x], produces: [d/] }";

  @BeforeEach
  void aJobWithAFolder() throws IOException {
    given(JOB);
    job(
        "a",
        stub -> {
          edit("d/e/in", read("x"));
          edit("d/z", read("x"));
          return stub.exit(0);
        });
    edit("x", "1");
  }

  /** Calls clean; returns its exit status and what it told. */
  private String clean(String... options) throws IOException {
    StringWriter said = new StringWriter();
    Call.Given[] given = new Call.Given[options.length];
    for (int i = 0; i < given.length; i++) {
      given[i] = new Call.Given(options[i], "true");
    }
    int status = call(said, said, "clean", given).answer();
    return status + " " + said;
  }

  /** A file is saved after torc looked at the folder, and before it removes or stores that. */
  @ParameterizedTest
  @ValueSource(strings = {"5GB", "0"})
  void aFileThatComesInMeanwhileIsKept(String keep) throws IOException {
    givenFile("stores: { keep: " + keep + " }\njobs: { " + JOB + " }");
    build().ran("a");
    stamps =
        new WatchedStamps(
            stamps,
            path -> {
              if (path.endsWith("d/e/in")) { // the last that is looked at
                Files.writeString(path.resolveSibling("note"), "mine");
                Files.writeString(path.resolveSibling("../note"), "mine");
              }
            });
    assertTrue(clean().startsWith("0 "));
    assertEquals(List.of("d/e/note", "d/note"), kept());
    assertFalse(Files.exists(root.resolve("d")));
  }

  @Test
  void aMountInItIsNotCrossed() throws IOException {
    Path data = Files.createDirectory(root.resolve("data"));
    edit("data/precious", "mine");
    build().ran("a");
    try (SmallDisk _ = SmallDisk.bound(data, Files.createDirectory(root.resolve("d/e/m")))) {
      String line = "d/e/m: a mount point, which torc does not cross; unmount it first";
      String kept = "1 warning: kept d: " + line + "\n";
      assertEquals(kept, clean().replace("nothing to remove\n", ""));
      edit("x", "2");
      build().said("a failed: ", line.substring(5));
      assertEquals(kept, clean("--force").replaceAll(root + "/|nothing to remove\n", ""));
      assertEquals("mine", read("d/e/m/precious"));
      assertFalse(Files.exists(root.resolve("d/z")));
    }
    build().ran("a");
    assertEquals("mine", read("data/precious"));
    settled();
  }

  /** What is mounted in a folder that torc removes as a whole stays. */
  @Test
  void aMountInTorcsOwnFoldersIsNotCrossed() throws IOException {
    Path data = Files.createDirectory(root.resolve("data"));
    edit("data/precious", "mine");
    edit("d", "mine");
    build().ran("a");
    for (String folder : List.of("kept", "store", "tmp")) {
      Path at = Files.createDirectories(root.resolve(".torc/" + folder + "/m"));
      try (SmallDisk _ = SmallDisk.bound(data, at)) {
        String said = folder.equals("kept") ? clean("--kept") : clean("--all");
        assertTrue(said.startsWith("1 ") && said.contains("kept .torc/" + folder), said);
        assertTrue(said.contains("/m: a mount point, which torc does not cross"), said);
      }
    }
    assertEquals("mine", read("data/precious"));
  }
}
