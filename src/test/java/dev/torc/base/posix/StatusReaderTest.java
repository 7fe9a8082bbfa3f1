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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusReaderTest {

  @TempDir Path folder;

  private final long[] numbers = new long[4];
  private int mode;

  private boolean look(StatusReader reader, String path) throws IOException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    byte[] among = ("before" + path + "behind").getBytes(StandardCharsets.UTF_8);
    mode = reader.look(among, 6, 6 + name.length, numbers);
    return mode != 0;
  }

  private void assertSame(FileStatus one) {
    assertEquals(one.mode(), mode);
    assertEquals(one.size(), numbers[0]);
    assertEquals(one.mtime(), numbers[1]);
    assertEquals(one.ctime(), numbers[2]);
    assertEquals(one.inode(), numbers[3]);
  }

  @Test
  void saysTheSameAsOneByOneWhateverTheNamesAreAndInWhateverOrder() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("other"));
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectory(root.resolve("sub"));
    for (String name : List.of("a", "sub/a longer name", "sub/é", "x")) {
      Files.writeString(root.resolve(name), name);
    }
    Path absolute = Files.writeString(elsewhere.resolve("f"), "f");
    Files.createSymbolicLink(root.resolve("link"), absolute);
    StatusReader reader = new StatusReader(root.toString(), true, false);
    for (String name :
        List.of("sub/a longer name", "a", absolute.toString(), "sub/é", "sub", "link", "x")) {
      assertTrue(look(reader, name), name);
      assertSame(FileStatus.of(root.resolve(name).toString(), true));
    }
    assertFalse(look(reader, "none"));
    assertFalse(look(reader, "a/none"));
    assertTrue(look(reader, "a"));
  }

  @Test
  void inTheFolderOfTheProcessToo() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    StatusReader reader = new StatusReader(here.toString(), true, false);
    assertTrue(look(reader, "pom.xml"));
    assertSame(FileStatus.of("pom.xml", true));
    assertTrue(look(reader, here + "/pom.xml"));
    assertSame(FileStatus.of("pom.xml", true));
    assertFalse(look(reader, "no such file"));
  }

  @Test
  void linksAreFollowedOnlyWhereTheyAreToBe() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "f");
    Files.createSymbolicLink(folder.resolve("link"), file);
    Files.createSymbolicLink(folder.resolve("gone"), folder.resolve("none"));
    StatusReader reader = new StatusReader(folder.toString(), false, false);
    for (String name : List.of("link", "gone", "file")) {
      assertTrue(look(reader, name), name);
      assertSame(FileStatus.of(folder.resolve(name).toString(), false));
    }
    assertFalse(look(new StatusReader(folder.toString(), true, false), "gone"));
  }

  @Test
  void missingValuesOfTheSystemAreNamed() throws IOException {
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    StatusReader reader = new StatusReader(folder.toString(), true, false);
    IOException e = assertThrows(IOException.class, () -> look(reader, "loop"));
    assertTrue(e.getMessage().startsWith("cannot look at " + loop + ": "), e.getMessage());
    String longest = "x".repeat(5000);
    e = assertThrows(IOException.class, () -> look(reader, longest));
    assertEquals("cannot look at " + longest + ": file name too long", e.getMessage());
  }
}
