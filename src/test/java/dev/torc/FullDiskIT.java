package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job's failure says where the disk of the root is full. */
class FullDiskIT {

  @TempDir Path temp;

  @Test
  void aLogThatCouldNotBeWrittenIsToldAsThat() throws Exception {
    try (Sandbox project = new Sandbox(temp);
        SmallDisk _ = SmallDisk.on(project.root, "3m")) {
      project.env.put("TORC_CACHE", Files.createDirectory(temp.resolve("cache")).toString());
      project.build(
          """
          jobs:
            fill: { command: "cat /dev/zero > {produces} 2> /dev/null; echo what is wrong; exit 1", produces: big }
          """);
      Ran ran = project.torc("fill");
      assertEquals(1, ran.exit(), ran.err());
      String said =
          "exit 1, and its log could not be written: no space left on device: make room\n";
      assertTrue(ran.err().contains("fill failed: " + said), ran.err());
      assertFalse(ran.err().contains("(no output)"), ran.err());
      assertTrue(project.exists("big"), "what it left stays for a look");
    }
  }
}
