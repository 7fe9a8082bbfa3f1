package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.SmallDisk;
import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.base.posix.FileTree;
import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    int status = Answers.print(call(said, said, "clean", given));
    return status + " " + said;
  }

  /** A file is saved after torc looked at the folder, and before it empties or removes that. */
  @ParameterizedTest
  @CsvSource({"5GB, true", "5GB, false", "0, true", "0, false"})
  void aFileThatComesInMeanwhileIsKept(String keep, boolean runs) throws IOException {
    givenFile("stores: { keep: " + keep + " }\njobs: { " + JOB + " }");
    build().ran("a");
    StampSource usual = stamps;
    stamps =
        new WatchedStamps(
            stamps,
            path -> {
              boolean now = !runs || started().contains("a") && read("x").equals("2");
              if (now && path.endsWith("d/e/in")) { // the last that is looked at
                Files.writeString(path.resolveSibling("note"), "mine");
                Files.writeString(path.resolveSibling("../note"), "mine");
                stamps = usual;
              }
            });
    if (runs) {
      edit("x", "2");
      job(
          "a",
          stub -> {
            assertEquals(List.of(), files("d"));
            edit("d/z", "2");
            return stub.exit(0);
          });
      build().ran("a");
    } else {
      assertTrue(clean().startsWith("0 "));
      assertFalse(Files.exists(root.resolve("d")));
    }
    assertEquals(List.of("d/e/note", "d/note"), kept());
  }

  /** The names in a folder. */
  private List<String> files(String folder) throws IOException {
    return FileTree.entries(root.resolve(folder)).stream().map(Path::toString).toList();
  }

  /** The members of a folder on another disk cannot be moved: they are removed or copied. */
  @Test
  void aMountOnItStays() throws IOException {
    Path folder = Files.createDirectory(root.resolve("d"));
    try (SmallDisk _ = SmallDisk.on(folder, "1m")) {
      build().ran("a");
      restores = true;
      edit("x", "2");
      build().ran("a");
      assertEquals(List.of(), kept());
      edit("d/note", "mine");
      edit("x", "1");
      build().ran("a");
      assertEquals(List.of("d/e/in", "d/note", "d/z"), kept());
      assertEquals("1", read("d/e/in"));
      assertFalse(Files.exists(root.resolve("d/note")));
      settled();
      assertTrue(clean().startsWith("0 "));
      assertEquals(List.of(), files("d"));
    }
    assertTrue(Files.exists(folder));
  }

  @Test
  void aMountInItIsNotCrossed() throws IOException {
    Path data = Files.createDirectory(root.resolve("data"));
    edit("data/precious", "mine");
    build().ran("a");
    try (SmallDisk _ = SmallDisk.bound(data, Files.createDirectory(root.resolve("d/e/m")))) {
      String line = "d/e/m: a mount point, which torc does not cross; unmount it first";
      String kept = "1 warning: d not removed: " + line + "\n";
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
        assertTrue(
            said.startsWith("1 ") && said.contains(".torc/" + folder + " not removed"), said);
        assertTrue(said.contains("/m: a mount point, which torc does not cross"), said);
      }
    }
    assertEquals("mine", read("data/precious"));
  }
}
