package dev.torc.features.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.SmallDisk;
import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.front.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, {@code sandbox}: needs and products on other file systems, and full ones. */
class ProductMoveTest {

  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void aProject() throws Exception {
    root = Files.createDirectory(temp.toRealPath().resolve("p"));
    Files.writeString(root.resolve("x"), "1\n");
  }

  private Run build(String command, String produces) throws Exception {
    String job = "jobs: { a: { command: '%s', needs: x, produces: [%s], sandbox: true } }";
    Files.writeString(root.resolve("torc.yaml"), job.formatted(command, produces));
    return Run.of(root);
  }

  @Test
  void productsAreCopiedBesideTheirPlacesAndRenamedAndNothingElseStays() throws Exception {
    Path at = Files.createDirectory(root.resolve("disk"));
    try (SmallDisk _ = SmallDisk.on(at, "1m")) {
      String beside = ".torc-sandbox-" + Digest.ofText("file").hex().substring(0, 32);
      Files.writeString(at.resolve(beside), "half, of a killed torc");
      Run run =
          build(
              "mkdir disk/made/in; echo 1 > disk/made/in/f; chmod 750 disk/made/in/f;"
                  + " touch -d @1000000 disk/made/in/f; ln -s f disk/made/in/link;"
                  + " echo 2 > disk/file; echo 3 > disk/new/below/file;"
                  + " echo mine > $TORC_ROOT/disk/file",
              "disk/file, disk/new/below/file, disk/made/");

      assertEquals(0, run.exit(), run.err());
      assertEquals("2\n", Files.readString(at.resolve("file")));
      assertEquals("mine\n", Files.readString(root.resolve(".torc/kept/1/disk/file")));
      assertEquals("3\n", Files.readString(at.resolve("new/below/file")));
      Path moved = at.resolve("made/in/f");
      assertEquals("1\n", Files.readString(moved));
      assertTrue(Files.isExecutable(moved));
      assertEquals(1_000_000_000, Files.getLastModifiedTime(moved).toMillis());
      assertEquals(Path.of("f"), Files.readSymbolicLink(at.resolve("made/in/link")));
      assertEquals(3, FileTree.entries(at).size(), "no copies are left beside them");
      assertFalse(Files.exists(root.resolve(".torc/sandbox/a")));
    }
  }

  /** Rule 13: a link that comes on the way of a product leads nothing out of the root. */
  @Test
  void aFolderWithExcludesDoesNotMoveThroughALink() throws Exception {
    Path away = Files.createDirectory(temp.resolve("away"));
    Run run =
        build(
            "mkdir -p d/in; echo 1 > d/in/f; mkdir -p $TORC_ROOT/d; ln -s %s $TORC_ROOT/d/in"
                .formatted(away.toRealPath()),
            "d/, \"!d/*.log\"");

    assertEquals(1, run.exit());
    assertTrue(run.err().contains("d/in"), run.err());
    assertEquals(0, FileTree.entries(away).size(), "nothing was written there");
  }

  @Test
  void aDiskThatIsFullWhenNeedsAreCopiedHasRoomAgain() throws Exception {
    build("true", "");
    try (SmallDisk disk = SmallDisk.on(root.resolve(".torc/sandbox"), "1m")) {
      Files.write(root.resolve("x"), new byte[2_000_000]);
      Run run = build("cp x a", "a");

      assertEquals(1, run.exit());
      assertTrue(
          run.err().contains("/.torc/sandbox/a/x: no space left on device: make room"), run.err());
      assertEquals(0, FileTree.entries(disk.at()).size(), "nothing of the copies is left");
      disk.resize("9m");
      assertEquals(0, Run.of(root).exit());
      assertEquals(2_000_000, Files.size(root.resolve("a")));
    }
  }
}
