package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.torc.SmallDisk;
import dev.torc.base.posix.FolderHandle.MountedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Removals and moves stay in the folder that was opened, and on its mount. */
class FolderHandleTest {

  @TempDir Path temp;
  private Path inner;
  private Path outer;

  @BeforeEach
  void twoFolders() throws IOException {
    temp = temp.toRealPath();
    inner = Files.createDirectories(temp.resolve("root/a/inner"));
    outer = Files.createDirectories(temp.resolve("outer/inner")).getParent();
    for (Path folder : List.of(inner, outer, outer.resolve("inner"))) {
      Files.writeString(folder.resolve("f"), folder.toString());
    }
  }

  /**
   * Puts a link to the outer folder in the place of {@code a}, whose own folder is elsewhere now.
   */
  private void swap() throws IOException {
    Files.move(temp.resolve("root/a"), temp.resolve("root/moved"));
    Files.createSymbolicLink(temp.resolve("root/a"), outer);
  }

  @Test
  void aMoveThatTheOtherFolderRefusesNamesThatFolder() throws IOException {
    Path closed = Files.createDirectory(temp.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(closed), "root may write everywhere");
    try (FolderHandle from = FolderHandle.of(inner);
        FolderHandle to = FolderHandle.of(closed)) {
      Path name = Files.writeString(inner.resolve("f"), "1").getFileName();
      FileSystemException told =
          assertThrows(FileSystemException.class, () -> from.move(name, to, name));
      assertEquals(closed.resolve("f").toString(), told.getFile());
      assertEquals("permission denied; make " + closed + " writable", told.getReason());
    }
  }

  @Test
  void aFolderOfOnesOwnThatIsNotWritableIsNamed() {
    Path file = inner.resolve("f");
    FileSystemException told = FileTree.explained(file, new AccessDeniedException(file.toString()));
    assertEquals(file.toString(), told.getFile());
    assertEquals("permission denied; make " + inner + " writable", told.getReason());
  }

  @Test
  void aLinkThatIsPutInTheWayLeadsNoRemovalOut() throws IOException {
    try (FolderHandle a = FolderHandle.below(temp.resolve("root"), inner.getParent())) {
      swap();
      a.remove(Path.of("inner"));
    }
    assertFalse(Files.exists(temp.resolve("root/moved/inner")));
    assertTrue(Files.exists(outer.resolve("inner/f")));
    Path root = temp.resolve("root");
    assertThrows(NotDirectoryException.class, () -> FolderHandle.below(root, inner));
    try (FolderHandle folder = FolderHandle.of(root)) {
      folder.remove(Path.of("a"));
    }
    assertFalse(Files.isSymbolicLink(root.resolve("a")));
    assertTrue(Files.exists(outer.resolve("f")));
  }

  @Test
  void aMoveComesFromTheOpenedFolder() throws IOException {
    try (FolderHandle a = FolderHandle.below(temp.resolve("root"), inner);
        FolderHandle to = FolderHandle.of(temp)) {
      swap();
      assertTrue(a.move(Path.of("f"), to, Path.of("got")));
      assertFalse(a.move(Path.of("f"), to, Path.of("got")));
    }
    assertEquals(inner.toString(), Files.readString(temp.resolve("got")));
  }

  @Test
  void foldersWithoutPermissionsAndNamesThatAreNotUtf8AreRemoved() throws Exception {
    String make = "cd root/a && touch \"$(printf 'x\\377%%')\" inner/g && chmod 0 inner";
    new ProcessBuilder("sh", "-c", make).directory(temp.toFile()).inheritIO().start().waitFor();
    FileTree.remove(inner.getParent());
    assertFalse(Files.exists(inner.getParent()));
    FileTree.remove(inner);
  }

  /** All else goes, as by {@code rm --one-file-system}. */
  @Test
  void aRemovalStopsAtAMount() throws IOException {
    Path mount = Files.createDirectory(inner.resolve("mount"));
    Files.createDirectories(inner.resolve("z/deep"));
    try (SmallDisk _ = SmallDisk.bound(outer, mount)) {
      MountedException e =
          assertThrows(MountedException.class, () -> FileTree.remove(inner.getParent()));
      assertEquals(mount.toString(), e.getFile());
      assertEquals(List.of(mount), FileTree.entries(inner));
    }
    assertEquals(2, FileTree.entries(outer).size());
    FileTree.remove(inner);
    assertFalse(Files.exists(inner));
  }
}
