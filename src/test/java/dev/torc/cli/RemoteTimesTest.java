package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The time of a job whose script was killed, by a scheduler that tells no times: nothing says when
 * it ended, and every view says so; its begin is known by its claim.
 */
class RemoteTimesTest {

  @Test
  void aTimeThatNothingTellsIsToldAsUnknown(@TempDir Path temp) throws IOException {
    Folder project = new Folder(temp.toRealPath());
    String far = Rule15RemoteTest.far(project.at()).replace("gone: [gone]", "cancelled: [gone]");
    project.put(
        "torc.yaml",
        far
            + "jobs:\n"
            + "  a: { command: 'kill -9 ${TORC_CLAIM%%.*}; sleep 60', produces: [a.out] }\n");
    Run build = Run.of(project.at(), "--json", "--junit", "junit.xml");
    assertEquals(1, build.exit(), build.err());
    assertTrue(build.out().contains("\"what\":\"cancelled"), build.out());
    assertTrue(build.out().contains("\"seconds\":null"), build.out());
    String history = Run.of(project.at(), "history", "a").out();
    assertTrue(history.contains("unknown time"), history);
    assertFalse(history.contains("1970"), history);
    String runs = Run.of(project.at(), "history", "a", "--json").out();
    assertTrue(runs.replace(" ", "").contains("\"seconds\":null"), runs);
    String list = Run.of(project.at(), "list").out();
    assertTrue(list.contains("unknown time"), list);
    assertFalse(project.get("junit.xml").contains("\"a\" classname=\"torc\" time="));
    assertEquals(0, Run.of(project.at(), "report", "-o", "report.html").exit());
    assertEquals(0, Run.of(project.at(), "report", "--ro-crate", "crate").exit());
  }
}
