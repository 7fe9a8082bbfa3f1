package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupAccessTest {

  @TempDir Path folder;

  /** The folder's group: another than the tests' own, if they may give files away. */
  private int group;

  private GroupAccess bits;

  @BeforeEach
  void aFolderOfAGroup() throws IOException {
    boolean root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
    group = root ? 61010 : (int) Files.getAttribute(folder, "unix:gid");
    Files.setAttribute(folder, "unix:gid", group);
    mode(folder, 0770);
    bits = GroupAccess.of(folder);
  }

  private static void mode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode);
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  private static int group(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
  }

  private Path file(String name, int mode) throws IOException {
    Path file = Files.writeString(folder.resolve(name), name);
    mode(file, mode);
    return file;
  }

  @Test
  void onlyAFolderThatAGroupWritesHasOne() throws IOException {
    assertEquals(new GroupAccess(group, false), bits);
    mode(folder, 02775);
    assertEquals(new GroupAccess(group, true), GroupAccess.of(folder));
    mode(folder, 0757);
    assertEquals(GroupAccess.NONE, GroupAccess.of(folder));
    assertEquals(GroupAccess.NONE, GroupAccess.of(folder.resolve("none")));
    assertEquals(
        GroupAccess.NONE, GroupAccess.of(Files.createSymbolicLink(folder.resolve("link"), folder)));
    assertEquals(GroupAccess.NONE, GroupAccess.of(file("f", 0660)));
  }

  @Test
  void filesAndFoldersGetItsGroupAndBitsAndKeepTheirOthers() throws IOException {
    Path file = file("f", 0600);
    assertTrue(bits.give(file));
    assertEquals(0660, mode(file));
    assertEquals(group, group(file));
    Path program = file("p", 0755);
    bits.give(program);
    assertEquals(0775, mode(program));
    Path inner = Files.createDirectory(folder.resolve("d"));
    mode(inner, 0701);
    bits.give(inner);
    assertEquals(0771, mode(inner));
    assertEquals(group, group(inner));
    new GroupAccess(group, true).give(inner);
    assertEquals(02771, mode(inner));
    bits.giveAlone(inner);
    assertEquals(02770, mode(inner));
  }

  @Test
  void linksAndOtherKindsAreLeftAlone() throws Exception {
    Path file = file("f", 0600);
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertFalse(bits.give(link));
    Files.createLink(folder.resolve("second"), file);
    assertFalse(bits.give(file));
    assertEquals(0600, mode(file));
    Path fifo = folder.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    mode(fifo, 0600);
    assertFalse(bits.give(fifo));
    assertEquals(0600, mode(fifo));
    assertFalse(bits.give(folder.resolve("none")));
  }

  @Test
  void aFileIsReadyWhateverStoodThere() throws IOException {
    Path other = file("other", 0600);
    Path none = folder.resolve("none");
    Path link = Files.createSymbolicLink(folder.resolve("link"), other);
    Path second = Files.createLink(folder.resolve("second"), other);
    Path there = file("there", 0600);
    for (Path file : new Path[] {none, link, second, there}) {
      bits.ready(file);
      assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), file.toString());
      assertEquals(0060, mode(file) & 0060, file.toString());
      assertEquals(group, group(file));
    }
    assertEquals("there", Files.readString(there));
    assertEquals(0600, mode(other));
    assertEquals("other", Files.readString(other));
  }

  @Test
  void ofFoldersThatAreMadeEachIsTheGroups() throws IOException {
    Path there = Files.createDirectory(folder.resolve("a"));
    mode(there, 0700);
    bits.makeFolders(there.resolve("b/c"));
    assertEquals(0700, mode(there));
    for (String made : new String[] {"b", "b/c"}) {
      assertEquals(0070, mode(there.resolve(made)) & 0070);
      assertEquals(group, group(there.resolve(made)));
    }
    bits.makeFolders(there.resolve("b/c"));
  }
}
