package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources with new times and the same bytes cost a build a look, and hide no edit. */
class TouchedIT {

  private static final int JOBS = 300;

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void aBuiltProject() throws Exception {
    project = new Sandbox(temp);
    StringBuilder yaml = new StringBuilder("jobs:\n");
    for (int j = 0; j < JOBS; j++) {
      project.write("in/" + j, "source " + (1000 + j) + "\n");
      yaml.append(
          "  j%1$d: { command: cp in/%1$d out/%1$d, needs: in/%1$d, produces: out/%1$d }\n"
              .formatted(j));
    }
    project.build(yaml + "  all: { command: cat out/* > all, needs: out/7, produces: all }\n");
    assertEquals(0, project.torc("-q").exit());
    project.sh("sleep 0.1"); // the racy window passes
    assertEquals(0, project.torc("-q").exit());
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void touchedSourcesRunNothingAndHideNoEdit() throws Exception {
    Path table = project.root.resolve(".torc/lock.mdb");
    // all other stamps: times, and inodes as of a checkout there and back
    project.sh("touch in/* out/*; cp -r in copy; sleep 0.1; rm -r in; mv copy in");
    Files.deleteIfExists(table);
    Ran touched = project.torc();
    assertEquals("301 jobs: 0 ran, 301 up to date, 0 failed", touched.counts(), touched.err());
    assertFalse(Files.exists(table), "no database was opened");
    byte[] rest = Files.readAllBytes(project.root.resolve(".torc/rest"));
    assertEquals("301 jobs: 0 ran, 301 up to date, 0 failed", project.torc().counts());
    assertTrue(
        java.util.Arrays.equals(rest, Files.readAllBytes(project.root.resolve(".torc/rest"))));

    project.edit("in/7", "source", "SOURCE"); // of the same size
    project.sh("touch in/*");
    assertTrue(
        project.torc("why", "j7").out().startsWith("j7 will run: need in/7 changed "),
        project.torc("why", "j7").out());
    assertTrue(project.torc("why", "j8").out().startsWith("j8 is up to date"));
    Ran edited = project.torc();
    assertEquals(List.of("all", "j7"), edited.ran(), edited.err());
    assertEquals("301 jobs: 2 ran, 299 up to date, 0 failed", edited.counts());
    assertEquals("SOURCE 1007\n", project.read("out/7"));
    assertTrue(
        project.torc("why", "j7").out().contains("need in/7 changed"),
        project.torc("why", "j7").out());
    assertEquals("301 jobs: 0 ran, 301 up to date, 0 failed", project.torc().counts());
  }

  @Test
  void aTouchedProductThatWasEditedIsMadeAgain() throws Exception {
    project.edit("out/9", "source", "edited");
    project.sh("touch out/*");
    Ran ran = project.torc();
    assertEquals(List.of("j9"), ran.ran(), ran.err());
    assertEquals("source 1009\n", project.read("out/9"));
    assertEquals("edited 1009\n", project.read(".torc/kept/" + kept() + "/out/9"));
  }

  private String kept() throws Exception {
    try (var builds = Files.list(project.root.resolve(".torc/kept"))) {
      return builds.findFirst().orElseThrow().getFileName().toString();
    }
  }
}
