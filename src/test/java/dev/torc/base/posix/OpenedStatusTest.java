package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.FileStatus.StatusReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The status of an opened file is that of the file by its path, at the price of more calls. */
class OpenedStatusTest {

  @TempDir Path folder;

  /** Notes its calls, in order. */
  private static class Counting extends OpenedBuffer {
    final List<String> calls = new ArrayList<>();

    Counting(boolean statx) {
      super(statx);
    }

    @Override
    boolean plainLook(int offset, boolean follow) throws IOException {
      calls.add("look");
      return super.plainLook(offset, follow);
    }

    @Override
    int open(long path, int flags) {
      calls.add("open " + new String(Memory.textAt(path), StandardCharsets.UTF_8));
      return super.open(path, flags);
    }

    @Override
    int lookAtOpen(int fd) {
      calls.add("look at it");
      return super.lookAtOpen(fd);
    }
  }

  private static List<String> calls(String path, boolean follow) throws IOException {
    Counting counting = new Counting(false);
    FileStatus.of(path, follow, counting);
    return counting.calls;
  }

  private void assertSame(String path) throws IOException {
    for (boolean follow : new boolean[] {true, false}) {
      FileStatus plain = FileStatus.of(path, follow);
      assertEquals(plain, FileStatus.ofOpened(path, follow), path + " " + follow);
      long[] one = new long[4];
      long[] other = new long[4];
      byte[] name = path.getBytes(StandardCharsets.UTF_8);
      assertEquals(
          new StatusReader(folder.toString(), follow, false).look(name, 0, name.length, one),
          new StatusReader(folder.toString(), follow, true).look(name, 0, name.length, other));
      assertEquals(List.of(one[0], one[3]), List.of(other[0], other[3]));
    }
  }

  private String fifo() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    return fifo.toString();
  }

  @Test
  void everyKindIsToldTheSame() throws Exception {
    Path file = Files.writeString(folder.resolve("a b\nc é"), "hello");
    assertTrue(file.toFile().setExecutable(true));
    Files.createLink(folder.resolve("second"), file);
    Files.createSymbolicLink(folder.resolve("link"), file);
    Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("none"));
    Files.createSymbolicLink(folder.resolve("sub"), Files.createDirectory(folder.resolve("d")));
    Files.createDirectories(folder.resolve("d/e"));
    fifo();
    for (String name :
        List.of("a b\nc é", "second", "link", "nowhere", "sub", "sub/", "d", "d/e", "fifo", "")) {
      assertSame(folder + "/" + name);
    }
    assertSame("/dev/null");
    assertSame("/");
    assertSame("pom.xml");
    assertSame("none");
    for (String none : List.of("none", "none/none", "d/none/", "second/below", "d//none")) {
      assertSame(folder + "/" + none);
    }
  }

  @Test
  void aNameThatIsNoTextIsMissingAsItIsForAllOfTorc() throws Exception {
    String name = folder + "/$(printf 'x\\377')";
    assertEquals(0, new ProcessBuilder("sh", "-c", ": > " + name).start().waitFor());
    try (var files = Files.list(folder)) {
      assertSame(files.findFirst().orElseThrow().toString());
    }
  }

  @Test
  void refusalsAreTheSame() throws IOException {
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    for (String bad : List.of(loop.toString(), "x".repeat(300), "x/".repeat(2049), "/\0")) {
      IOException plain = assertThrows(IOException.class, () -> FileStatus.of(bad, true));
      IOException opened = assertThrows(IOException.class, () -> FileStatus.ofOpened(bad, true));
      assertEquals(plain.getMessage(), opened.getMessage());
    }
    assertTrue(FileStatus.ofOpened(loop.toString(), false).isLink());
  }

  @Test
  void aFileCostsAnOpenALookAndACloseMore() throws IOException {
    String file = Files.writeString(folder.resolve("f"), "f").toString();
    assertEquals(List.of("look", "open " + file, "look at it"), calls(file, true));
    assertEquals(List.of("look", "open " + file, "look at it"), calls(file, false));
    assertEquals(List.of("look", "open " + folder, "look at it"), calls(folder.toString(), true));
  }

  @Test
  void neitherFifosNorDevicesNorLinksAreOpened() throws Exception {
    assertEquals(List.of("look"), calls(fifo(), true));
    assertEquals(List.of("look"), calls("/dev/null", true));
    Path link = Files.createSymbolicLink(folder.resolve("l"), folder);
    assertEquals(List.of("look"), calls(link.toString(), false));
  }

  /** A FIFO took the place of the file after the look: its other end is not waited for. */
  @Test
  void aFifoThatComesBetweenBlocksNothing() throws Exception {
    String path = fifo();
    int fd = new OpenedBuffer().open(Memory.ofText(path).address(), Libc.O_NONBLOCK);
    assertTrue(fd >= 0);
    NativeCall.of("close").call(fd);
    String file = Files.writeString(folder.resolve("f"), "f").toString();
    OpenedBuffer late =
        new OpenedBuffer() {
          @Override
          int open(long name, int flags) {
            Memory other = Memory.ofText(path);
            return super.open(other.address(), flags);
          }
        };
    assertTrue(FileStatus.of(file, true, late).isFifo());
  }

  @Test
  void ofWhatIsMissingTheNearestFolderIsOpened() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    String none = folder + "/d/none";
    assertEquals(List.of("look", "open " + folder + "/d", "look"), calls(none, true));
    assertEquals(List.of("look", "open " + folder + "/d", "look"), calls(none + "/", true));
    assertEquals(
        List.of(
            "look", "open " + folder + "/x/y", "open " + folder + "/x", "open " + folder, "look"),
        calls(folder + "/x/y/z", true));
    assertEquals(List.of("look", "open .", "look"), calls("no such file", true));
    assertEquals(List.of("look", "open /", "look"), calls("/no such file", true));
  }

  /** Until its folder is opened, a network file system may still say that a file is missing. */
  @Test
  void aNewFileIsFound() throws IOException {
    String file = Files.writeString(folder.resolve("f"), "f").toString();
    OpenedBuffer forgetful =
        new OpenedBuffer() {
          private boolean asked;

          @Override
          boolean plainLook(int offset, boolean follow) throws IOException {
            return super.plainLook(offset, follow) && asked;
          }

          @Override
          int open(long path, int flags) {
            asked = true;
            return super.open(path, flags);
          }
        };
    assertEquals(FileStatus.of(file, true), FileStatus.of(file, true, forgetful));
  }

  @Test
  void aRemovedFileIsMissing() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "f");
    OpenedBuffer late =
        new OpenedBuffer() {
          @Override
          int open(long path, int flags) {
            assertTrue(file.toFile().delete());
            return super.open(path, flags);
          }
        };
    assertFalse(FileStatus.of(file.toString(), true, late).exists());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void statxSaysTheSame() throws IOException {
    String file = Files.writeString(folder.resolve("f"), "hello").toString();
    FileStatus opened = FileStatus.of(file, true, new Counting(true));
    assertEquals(FileStatus.of(file, true, new StatusBuffer(true)), opened);
  }

  /** A file may be seen but not read: then a look fails only if it fails without opening too. */
  @Test
  void anUnopenableFileIsStillSeen() throws IOException {
    String file = Files.writeString(folder.resolve("f"), "f").toString();
    for (int error : new int[] {Libc.EACCES, Libc.EPERM, Libc.EAGAIN, Libc.ENXIO}) {
      assertEquals(FileStatus.of(file, true), FileStatus.of(file, true, refusing(error)));
      assertFalse(FileStatus.of(file + "/none", true, refusing(error)).exists());
    }
    int tooMany = 24;
    IOException e =
        assertThrows(IOException.class, () -> FileStatus.of(file, true, refusing(tooMany)));
    assertEquals("cannot look at " + file + ": too many open files", e.getMessage());
  }

  private static OpenedBuffer refusing(int error) {
    return new OpenedBuffer() {
      @Override
      int open(long path, int flags) {
        return -error;
      }
    };
  }
}
