package dev.torc.features.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.SmallDisk;
import dev.torc.base.posix.FileTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, {@code sandbox}: products move to a place on another file system. */
class ProductMoveTest {

  @TempDir Path temp;

  @Test
  void productsAreCopiedBesideTheirPlacesAndRenamedAndNothingOfThemStays() throws Exception {
    Path made = Files.createDirectories(temp.resolve("made/in"));
    Path script = Files.writeString(made.resolve("script"), "1");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    Files.setLastModifiedTime(script, FileTime.fromMillis(1_000_000_000));
    Files.createSymbolicLink(made.resolve("link"), Path.of("script"));
    Path file = Files.writeString(temp.resolve("file"), "2");
    Path at = Files.createDirectory(temp.resolve("disk"));
    try (SmallDisk disk = SmallDisk.on(at, "1m")) {
      Files.writeString(disk.at().resolve("file"), "old");
      ProductMove.file(file, disk.at().resolve("file"));
      ProductMove.file(Files.writeString(temp.resolve("file"), "3"), at.resolve("new/below/file"));
      ProductMove.folder(temp.resolve("made"), at.resolve("made"), null);

      assertEquals("2", Files.readString(at.resolve("file")));
      assertEquals("3", Files.readString(at.resolve("new/below/file")));
      Path moved = at.resolve("made/in/script");
      assertEquals("1", Files.readString(moved));
      assertTrue(Files.isExecutable(moved));
      assertEquals(1_000_000_000, Files.getLastModifiedTime(moved).toMillis());
      assertEquals(Path.of("script"), Files.readSymbolicLink(at.resolve("made/in/link")));
      assertEquals(3, FileTree.entries(at).size(), "no copies are left beside them");
      assertFalse(Files.exists(file));
      assertEquals(List.of(), FileTree.entries(temp.resolve("made")));
    }
  }
}
