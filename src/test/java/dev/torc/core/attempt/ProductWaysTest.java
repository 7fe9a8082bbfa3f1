package dev.torc.core.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 15: which links on the way to a product are followed, and when a new one is noticed. */
class ProductWaysTest {

  @TempDir Path temp;
  private Path root;
  private Path far;

  @BeforeEach
  void folders() throws IOException {
    root = Files.createDirectory(temp.toRealPath().resolve("p"));
    far = Files.createDirectory(root.resolveSibling("far"));
  }

  private ProductWays ways(String... folders) throws IOException {
    List<Path> all = List.of(folders).stream().map(root::resolve).toList();
    return new ProductWays(root, all, Map.of()).now();
  }

  private Path link(String name, String text) throws IOException {
    return Files.createSymbolicLink(root.resolve(name), Path.of(text));
  }

  @Test
  void rule15EarlierLinksAreFollowedAndNewOnesFound() throws IOException {
    link("out", far.toString());
    ProductWays ways = ways("out/in", "../far/b", "");
    assertEquals(far.resolve("in"), ways.end(root.resolve("out/in")));
    assertEquals(far.resolve("b"), ways.end(root.resolve("../far/b")));
    Files.createDirectories(far.resolve("in"));
    assertNull(ways.changed());

    Path fresh = Files.createSymbolicLink(far.resolve("b"), root);
    assertEquals(fresh, ways.changed());
  }

  @Test
  void rule15ALinkThatLeadsElsewhereIsNewAlsoBehindAnother() throws IOException {
    link("out", "links/cur");
    Files.createDirectory(root.resolve("links"));
    Path cur = link("links/cur", "../a");
    ProductWays ways = ways("out");
    assertEquals(root.resolve("a"), ways.end(root.resolve("out")));
    Files.delete(cur);
    link("links/cur", "../mine");
    assertEquals(cur, ways.changed());
    assertEquals(root.resolve("a"), ways.end(root.resolve("out")), "as it was seen");
  }

  @Test
  void rule15ALinkThatIsAFolderNowIsNone() throws IOException {
    Path out = link("out", far.toString());
    ProductWays ways = ways("out");
    Files.delete(out);
    Files.createDirectory(out);
    assertNull(ways.changed());
  }

  @Test
  void aCircleOfLinksEnds() throws IOException {
    link("a", "b/a/b");
    link("b", "a/b/a");
    assertNull(ways("a/x", "b/y").changed());
  }

  /** A process that the job left may swap a folder for a link at any moment. */
  @Test
  void rule15NothingIsOpenedThroughALinkThatComesBetween() throws IOException {
    Path folder = Files.createDirectories(root.resolve("out/in"));
    Files.writeString(folder.resolve("f"), "1");
    Files.writeString(far.resolve("f"), "mine");
    try (FolderHandle open = FolderHandle.below(root, folder, FolderHandle::enter);
        FolderHandle to = FolderHandle.of(root)) {
      Files.move(folder, root.resolve("was"));
      link("out/in", far.toString());
      open.move(Path.of("f"), to, Path.of("f"));
      assertEquals("1", Files.readString(root.resolve("f")));
    }
    for (FolderHandle.WayStep step :
        List.<FolderHandle.WayStep>of(FolderHandle::enter, FolderHandle::make)) {
      assertThrows(
          NotDirectoryException.class, () -> FolderHandle.below(root, folder, step).close());
    }
    assertEquals("mine", Files.readString(far.resolve("f")));
  }
}
