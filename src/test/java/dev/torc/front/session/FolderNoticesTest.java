package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's own notices. */
class FolderNoticesTest {

  /** Nanoseconds after which a notice that does not come has failed. */
  private static final long LONG = 60_000_000_000L;

  /** Long enough for most notices that must not come. */
  private static final long SHORT = 100_000_000;

  @TempDir Path temp;
  private Path root;
  private FolderNotices notices;

  @BeforeEach
  void listening() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux's kernel tells");
    root = Files.createDirectory(temp.toRealPath().resolve("root"));
    notices = new FolderNotices(FileSystems.getDefault());
  }

  @AfterEach
  void end() throws IOException {
    if (notices != null) {
      notices.close();
    }
  }

  private Path put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private List<Path> of(String... files) {
    return List.of(files).stream().map(root::resolve).toList();
  }

  /** Waits until no folder is followed anew, and no notice of earlier changes comes anymore. */
  private void settle(List<Path> files) throws IOException {
    while (notices.follow(files) || notices.await(SHORT)) {
      // once more
    }
  }

  @Test
  void aWrittenFileIsHeard() throws IOException {
    put("a", "1");
    assertTrue(notices.follow(of("a")));
    assertFalse(notices.follow(of("a")), "it is listened to already");
    put("a", "2");
    assertTrue(notices.await(LONG));
    assertEquals("", notices.lack());
  }

  @Test
  void otherNamesAreOfNoInterest() throws IOException {
    put("a", "1");
    settle(of("a"));
    put("b", "2");
    assertFalse(notices.await(SHORT));
    assertFalse(notices.await(0));
    notices.follow(of("."));
    put("c", "2");
    assertTrue(notices.await(LONG), "in a folder of which all counts");
  }

  @Test
  void anUnfollowedFolderIsNotHeard() throws IOException {
    put("x/a", "1");
    settle(of("x/a"));
    notices.follow(of("b"));
    put("x/a", "2");
    assertFalse(notices.await(SHORT));
  }

  @Test
  void foldersThatComeAndGo() throws IOException {
    settle(of("x/y/a"));
    put("x/y/a", "1");
    assertTrue(notices.await(LONG), "the folder came");
    settle(of("x/y/a"));
    put("x/y/a", "2");
    assertTrue(notices.await(LONG), "it is listened to now");

    settle(of("x/y/a"));
    Files.move(root.resolve("x"), root.resolve("old"));
    assertTrue(notices.await(LONG), "the folder went");
    put("x/y/a", "3");
    settle(of("x/y/a"));
    put("x/y/a", "4");
    assertTrue(notices.await(LONG), "another folder came in its place");
    settle(of("x/y/a"));
    put("old/y/a", "5");
    assertFalse(notices.await(SHORT), "the former one is none of those");
  }

  @Test
  void linksOnTheWayAndAtTheEnd() throws IOException {
    put("one/a", "1");
    put("two/a", "2");
    put("far/file", "3");
    Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("one"));
    Files.createSymbolicLink(root.resolve("file"), Path.of("far/file"));
    settle(of("link/a", "file"));
    put("one/a", "11");
    assertTrue(notices.await(LONG), "where the link on the way leads");
    settle(of("link/a", "file"));
    put("far/file", "33");
    assertTrue(notices.await(LONG), "where the link at the end leads");
    settle(of("link/a", "file"));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("two"));
    assertTrue(notices.await(LONG), "the link itself");
    settle(of("link/a", "file"));
    put("two/a", "22");
    assertTrue(notices.await(LONG), "where it leads now");
  }

  @Test
  void aLoopOfLinksHasAnEnd() throws IOException {
    Files.createSymbolicLink(root.resolve("x"), Path.of("y"));
    Files.createSymbolicLink(root.resolve("y"), Path.of("x"));
    settle(of("x", "x/a"));
    Files.delete(root.resolve("y"));
    assertTrue(notices.await(LONG));
  }

  @Test
  void lostNoticesAreOfInterest() throws IOException {
    put("a", "1");
    settle(of("a"));
    for (int i = 0; i < 2000; i++) { // more than the JDK keeps of one folder
      put("other" + i, ""); // not followed
    }
    assertTrue(notices.await(LONG));
  }

  /** The notice of a file written now comes after the notices of all earlier changes. */
  @Test
  void afterCatchingUpOnlyWhatComesLaterIsHeard() throws IOException {
    put("a", "1");
    Path cookie = put("own/cookie", "");
    while (notices.follow(of("a"))) {
      // until no folder is followed anew
    }
    for (int i = 0; i < 20; i++) {
      put("a", "edit " + i);
      notices.catchUp(cookie);
      assertFalse(notices.await(0), "it is all known by now");
    }
    assertEquals("", notices.lack());
    put("a", "2");
    assertTrue(notices.await(LONG));
    notices.catchUp(root.resolve("none/cookie")); // nothing can be written there
    assertEquals("", notices.lack());
  }

  @Test
  void namesThatAreOdd() throws IOException {
    put("é\n 1/a b", "1");
    settle(of("é\n 1/a b"));
    put("é\n 1/a b", "2");
    assertTrue(notices.await(LONG));
  }
}
