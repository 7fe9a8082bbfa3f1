package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 3, "a path is a walk": where names with {@code ..} lead. */
class WalkTest {

  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void links() throws IOException {
    root = Files.createDirectories(temp.toRealPath().resolve("p"));
    Files.createDirectories(root.resolve("v1/bin/deep"));
    Files.createSymbolicLink(root.resolve("cur"), Path.of("v1/bin"));
    Files.createSymbolicLink(root.resolve("up"), Path.of("cur/../.."));
    Files.createSymbolicLink(root.resolve("later"), Path.of("cur/../runs/7"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
  }

  private String to(String name) {
    return root.getParent().relativize(Walk.to(root, name)).toString();
  }

  @Test
  void onlyBehindASymlinkTheRealPathCounts() {
    assertEquals("p/v1/x", to("cur/../x"));
    assertEquals("p/cur/x", to("cur/deep/../x"));
    assertEquals("p/v1", to("cur/deep/../.."));
    assertEquals("p/x", to("v1/bin/../../x"));
    assertEquals("p/x", to("none/../x"));
    assertEquals("p/cur/x", to("./cur//x/"));
    assertEquals("x", to("../x"));
    assertEquals("p/v1/x", to(root + "/cur/../x"));
  }

  @Test
  void aSymlinkMayLeadToWhatIsMadeLater() {
    assertEquals("p/v1/runs/x", to("later/../x"));
    assertEquals("p/x", to("loop/../x"));
  }

  @Test
  void aWayIsANameUpToItsLastDots() {
    assertEquals("cur/..", Walk.way("cur/./../include//h.h"));
    assertEquals("a/../b/..", Walk.way("a/../b/../c"));
    assertEquals("..", Walk.way("../x"));
    assertEquals("/a/..", Walk.way("/a/../x..y"));
    assertEquals("", Walk.way("a..b/..c/x"));
    assertTrue(Walk.isWay("..") && Walk.isWay("a/..") && Walk.isWay("a/."));
    assertFalse(Walk.isWay(".") || Walk.isWay("a..") || Walk.isWay("a/b."));
    assertEquals(root.resolve("v1/bin"), Walk.end(root, "cur/."));
  }
}
