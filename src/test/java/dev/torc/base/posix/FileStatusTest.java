package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.FileSystems.CtimeKeeper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileStatusTest {

  @TempDir Path folder;

  /** The JDK's own view of the same file. */
  private static FileStatus expected(Path path, LinkOption... options) throws IOException {
    Map<String, Object> a = Files.readAttributes(path, "unix:*", options);
    return new FileStatus(
        (int) a.get("mode"),
        (long) a.get("size"),
        ((FileTime) a.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
        ((FileTime) a.get("ctime")).to(TimeUnit.NANOSECONDS),
        (long) a.get("ino"),
        (long) a.get("dev"),
        of(path, options.length == 0).mount(),
        (int) a.get("nlink"),
        FileStatus.attributes(
            (int) a.get("mode"),
            (int) a.get("uid"),
            (int) a.get("gid"),
            Files.isDirectory(path, options) ? 1 : (int) a.get("nlink")));
  }

  private static FileStatus of(Path path, boolean follow) throws IOException {
    return FileStatus.of(path.toString(), follow);
  }

  @Test
  void agreesWithTheJdk() throws IOException {
    Path file = Files.writeString(folder.resolve("a b\nc"), "hello");
    Files.setLastModifiedTime(
        file, FileTime.from(1_234_567_890_123_456_789L, TimeUnit.NANOSECONDS));
    assertEquals(expected(file), of(file, true));
    assertTrue(of(file, true).isFile());
    assertFalse(of(file, true).executable());
    assertTrue(file.toFile().setExecutable(true));
    assertTrue(of(file, true).executable());
    assertEquals(expected(folder), of(folder, true));
    assertTrue(of(folder, true).isFolder());
  }

  @Test
  void linksAreFollowedOrNot() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "hello");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertEquals(of(file, true), of(link, true));
    assertEquals(expected(link, LinkOption.NOFOLLOW_LINKS), of(link, false));
    assertTrue(of(link, false).isLink());
  }

  @Test
  void attributesMoveWithModeOwnerGroupAndLinks() {
    Set<Long> all = new HashSet<>();
    for (int[] one : new int[][] {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, -1, 9}}) {
      all.add(FileStatus.attributes(0100644, one[0], one[1], one[2]));
      all.add(FileStatus.attributes(0100600, one[0], one[1], one[2]));
    }
    assertEquals(10, all.size());
  }

  @Test
  void nothingIsMissing() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "hello");
    assertSame(FileStatus.MISSING, of(folder.resolve("none"), true));
    assertSame(FileStatus.MISSING, of(file.resolve("below"), true));
    Path dangling = Files.createSymbolicLink(folder.resolve("l"), folder.resolve("none"));
    assertSame(FileStatus.MISSING, of(dangling, true));
    assertTrue(of(dangling, false).exists());
  }

  @Test
  void refusalsNameThePathInOneLine() throws IOException {
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    IOException e = assertThrows(IOException.class, () -> of(loop, true));
    assertEquals("cannot look at " + loop + ": too many levels of symbolic links", e.getMessage());
    String longest = "x".repeat(300);
    e = assertThrows(IOException.class, () -> FileStatus.of(longest, true));
    assertEquals("cannot look at " + longest + ": file name too long", e.getMessage());
    assertThrows(IOException.class, () -> FileStatus.of("x/".repeat(2049), true));
    assertThrows(IOException.class, () -> FileStatus.of("/\0", true));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPlainStatSaysTheSameButForTheMount() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "hello");
    Files.createLink(folder.resolve("second"), file);
    assertTrue(file.toFile().setExecutable(true));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    for (boolean follow : new boolean[] {true, false}) {
      FileStatus a = of(link, follow);
      FileStatus b = FileStatus.of(link.toString(), follow, new StatusBuffer(true));
      assertEquals(
          a,
          new FileStatus(
              b.mode(),
              b.size(),
              b.mtime(),
              b.ctime(),
              b.inode(),
              b.device(),
              a.mount(),
              b.links(),
              b.attributes()));
    }
    assertSame(FileStatus.MISSING, FileStatus.of(folder + "/none", true, new StatusBuffer(true)));
  }

  @Test
  void permissionDeniedIsSaidSo() {
    assertEquals("permission denied", Libc.reason(13));
  }

  @Test
  void devicesAreNeitherFileNorFolder() throws IOException {
    FileStatus device = FileStatus.of("/dev/null", true);
    assertTrue(device.exists());
    assertFalse(device.isFile() || device.isFolder() || device.isLink() || device.isFifo());
  }

  /** Linux names these types in {@code linux/magic.h}. */
  @Test
  void fileSystemsThatShowAllFilesAsExecutableAreKnown() {
    for (int type : new int[] {0x4d44, 0x2011bab0, 0x7366746e, 0x5346544e, 0xff534d42}) {
      assertTrue(FileSystems.isModeless(type), Integer.toHexString(type));
    }
    for (int type : new int[] {0xef53, 0x01021994, 0x9123683e, 0x58465342, 0x6969, 0x794c7630}) {
      assertFalse(FileSystems.isModeless(type), Integer.toHexString(type));
    }
  }

  @Test
  void theTypeTellsWhetherCtimeIsKept() throws IOException {
    for (int type :
        new int[] {0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1}) {
      assertEquals(CtimeKeeper.KERNEL, FileSystems.keeper(type), Integer.toHexString(type));
    }
    for (int type :
        new int[] {0x6969, 0xfe534d42, 0x0bd00bd0, 0x47504653, 0x00c36400, 0x01021997}) {
      assertEquals(CtimeKeeper.SERVER, FileSystems.keeper(type), Integer.toHexString(type));
    }
    for (int type : new int[] {0x73717368, 0xe0f5e1e2, 0x9660, 0x4d44, 0x2011bab0, 0x65735546}) {
      assertEquals(CtimeKeeper.NONE, FileSystems.keeper(type), Integer.toHexString(type));
    }
  }

  @Test
  void ifAllFilesShowTheSameBitNoneIsExecutable() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "f");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    int[] asked = {0};
    StatusBuffer usual = new StatusBuffer();
    StatusBuffer modeless =
        new StatusBuffer() {
          @Override
          boolean isModeless(long path) {
            return ++asked[0] > 0;
          }
        };
    for (Path path : List.of(file, folder, file)) {
      byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
      for (StatusBuffer buffer : List.of(modeless, usual)) {
        buffer.put(0, name, 0, name.length);
        assertTrue(buffer.look(0, true));
      }
      int without = path == file ? usual.mode() & ~FileStatus.EXECUTABLE : usual.mode();
      assertEquals(without, modeless.mode());
      assertEquals(usual.attributes(), modeless.attributes());
    }
    assertEquals(1, asked[0], "once of each file system");
    assertTrue(FileStatus.of(file.toString(), true).executable());
  }

  @Test
  void networkFileSystemsAreNamed() {
    assertEquals("NFS", FileSystems.kind(0x6969).orElseThrow());
    assertEquals("SMB", FileSystems.kind((int) 0xff534d42L).orElseThrow());
    assertTrue(FileSystems.kind(0xef53).isEmpty(), "ext4");
    assertTrue(FileSystems.kind(0x01021994).isEmpty(), "tmpfs");
    assertTrue(FileSystems.networkKind(folder.resolve("none")).isEmpty());
    assertTrue(FileSystems.networkKind(Path.of("/proc")).isEmpty());
  }
}
