package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 13: where a job of this build linked a folder out of the root, nothing follows it there. */
class Rule13OutsideTest extends Harness {

  @TempDir Path temp;
  private Path elsewhere;

  @BeforeEach
  void mine() throws IOException {
    elsewhere = Files.createDirectories(temp.toRealPath().resolve("mine/x")).getParent();
    Files.writeString(elsewhere.resolve("p"), "mine");
    Files.writeString(elsewhere.resolve("x/p"), "mine");
    job(
        "link",
        stub -> {
          Files.createSymbolicLink(root.resolve("out"), elsewhere);
          return work(stub);
        });
  }

  /** The job fails, what stands elsewhere stays, and nobody takes it for the job's. */
  private void refused(String product, Path where) throws IOException {
    assertEquals(JobState.FAILED, state("a"), () -> notes().toString());
    assertEquals(
        "product %s lies in %s, which is neither below the root nor below a folder in `roots`"
            .formatted(product, where),
        what("a"));
    assertEquals("mine", Files.readString(elsewhere.resolve("p")));
    assertEquals("mine", Files.readString(elsewhere.resolve("x/p")));
    try (var all = Files.list(elsewhere)) {
      assertEquals(2, all.count());
    }
    assertTrue(kept().isEmpty());
    try (var cache = openCache(place())) {
      cache.eachOwned(owned -> assertFalse(owned.path().startsWith("out"), owned.path()));
    }
  }

  private void linkedBefore(String produces, String product, Path where) throws IOException {
    given(
        """
        link: { command: link, produces: done }
        a: { command: a, needs: done, produces: [first, %s] }
        """
            .formatted(produces));
    edit("first", "mine too");
    build().ran("link", "a");
    refused(product, where);
    assertEquals("mine too", read("first")); // nothing at all was moved
  }

  @Test
  void beforeAFile() throws IOException {
    linkedBefore("out/p", "out/p", elsewhere);
  }

  @Test
  void beforeAFileDeeper() throws IOException {
    linkedBefore("out/x/p", "out/x/p", elsewhere.resolve("x"));
  }

  @Test
  void beforeAFileThatIsYetToCome() throws IOException {
    linkedBefore("out/new/p", "out/new/p", elsewhere.resolve("new"));
  }

  @Test
  void beforeAFolder() throws IOException {
    linkedBefore("out/x/", "out/x/", elsewhere.resolve("x"));
  }

  @Test
  void beforeAGlob() throws IOException {
    linkedBefore("'out/*'", "out/*", elsewhere);
  }

  @Test
  void beforeADepfile() throws IOException {
    given(
        """
        link: { command: link, produces: done }
        a: { command: a, needs: done, depfile: out/p }
        """);
    build();
    refused("out/p", elsewhere);
  }

  @Test
  void beforeAStaleProduct() throws IOException {
    given("old: { command: old, produces: out/p }");
    job(
        "old",
        stub -> {
          stub.write("out/p", "mine");
          return stub.exit(0);
        });
    build();
    delete("out");
    given(
        """
        link: { command: link, produces: done }
        a: { command: a, needs: [done, 'out/*'], produces: q }
        """);
    build();
    assertEquals(
        "product out/p lies in %s, which is neither below the root nor below a folder in `roots`"
            .formatted(elsewhere),
        what("a"));
    assertEquals("mine", Files.readString(elsewhere.resolve("p")));
  }

  /** The job itself links its folder away, ends well, and what it left there is not looked at. */
  private void linkedMeanwhile(String produces, String product, Path where) throws IOException {
    given("a: { command: a, produces: [%s] }".formatted(produces));
    job(
        "a",
        stub -> {
          FileTree.remove(root.resolve("out"));
          Files.createSymbolicLink(root.resolve("out"), elsewhere);
          return stub.exit(0);
        });
    build().ran("a");
    refused(product, where);
  }

  @Test
  void meanwhileOfAFile() throws IOException {
    linkedMeanwhile("out/p", "out/p", elsewhere);
  }

  @Test
  void meanwhileOfAGlob() throws IOException {
    linkedMeanwhile("'out/**'", "out/**", elsewhere);
  }

  @Test
  void meanwhileOfTheFolderItself() throws IOException {
    linkedMeanwhile("out/", "out/", elsewhere);
  }

  @Test
  void meanwhileOfAJobThatFails() throws IOException {
    given("a: { command: a, produces: [out/p] }");
    job(
        "a",
        stub -> {
          FileTree.remove(root.resolve("out"));
          Files.createSymbolicLink(root.resolve("out"), elsewhere);
          return stub.exit(1);
        });
    build();
    assertEquals("exit 1", what("a"));
    try (var cache = openCache(place())) {
      cache.eachOwned(owned -> assertFalse(owned.path().startsWith("out"), owned.path()));
    }
  }

  @Test
  void belowAFolderInRootsItIsAllRight() {
    givenFile(
        """
        roots: ['%s']
        jobs:
          link: { command: link, produces: done }
          a: { command: a, needs: done, produces: [out/q] }
        """
            .formatted(elsewhere));
    build().ran("link", "a");
    assertEquals(0, exit, () -> notes().toString());
  }
}
