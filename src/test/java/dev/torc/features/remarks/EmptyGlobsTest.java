package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Ref;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which needed globs match nothing; a job's own products do not count for its globs. */
class EmptyGlobsTest {

  @TempDir Path temp;
  private Path root;
  private Graph graph;
  private EmptyGlobs globs;

  @BeforeEach
  void files() throws IOException {
    root = temp.toRealPath();
    for (String file :
        List.of("in/a.c", "in/b.c", "one/x", "two/x", "two/y", "mixed/x", "mixed/s")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "");
    }
  }

  private void given(String jobs) throws IOException {
    Path yaml = Files.writeString(root.resolve("torc.yaml"), "jobs:\n" + jobs.indent(2));
    graph = GraphBuilder.build(BuildFileLoader.load(List.of(yaml), new TreeMap<>()));
    globs = new EmptyGlobs(graph);
  }

  private List<String> empty(String job) throws IOException {
    return globs.emptyNeeds(graph.jobId(job)).stream().map(Ref::text).toList();
  }

  @Test
  void productsOfOthersCountAndOwnOnesDoNot() throws IOException {
    given(
        """
        a: { command: x, needs: one/*, produces: one/x }
        b: { command: x, needs: two/*, produces: [two/x, two/y] }
        c: { command: x, needs: [mixed/*, none/*, 'one/*'], produces: mixed/x }
        d: { command: x, needs: ['mixed/*', '!mixed/s'], produces: d }
        e: { command: x, needs: ['in/*.c', '!in/*'] }
        f: { command: x, needs: ['new/*'] }
        g: { command: x, produces: new/made }
        """);
    assertEquals(List.of("one/*"), empty("a"));
    assertEquals(List.of("two/*"), empty("b"));
    assertEquals(List.of("none/*"), empty("c"));
    assertEquals(List.of(), empty("d"));
    assertEquals(List.of("in/*.c"), empty("e"));
    assertEquals(List.of(), empty("f"));
    assertEquals(List.of(), empty("g"));
  }

  @Test
  void aGlobInAFolderThatNeverCountsMatchesNothing() throws IOException {
    for (String folder : List.of(".torc", ".git/refs", "in/__pycache__")) {
      Files.createDirectories(root.resolve(folder));
      Files.writeString(root.resolve(folder + "/x"), "");
      given("a: { command: x, needs: [ '%1$s/*', '{%1$s/*,%1$s/**/x}' ] }".formatted(folder));
      assertEquals(List.of(folder + "/*", "{%1$s/*,%1$s/**/x}".formatted(folder)), empty("a"));
      assertEquals(
          "files in " + folder + " never count; name them one by one",
          globs.hint(graph.job(0).needRefs().getFirst()));
    }
    Files.writeString(root.resolve("one/.git"), ""); // as in a work tree of git
    given("a: { command: x, needs: 'one/.g*' }");
    assertEquals(List.of("one/.g*"), empty("a"));
  }

  @Test
  void theFoldersOfAListAreWalkedOnceForAllItsReaders() throws IOException {
    given(
        """
        a: { command: x, needs: in/*.c }
        b: { command: x, needs: in/*.c }
        c: { command: x, needs: none/*.c }
        d: { command: x, needs: none/*.c }
        """);
    assertEquals(List.of(), empty("a"));
    assertEquals(List.of("none/*.c"), empty("c"));
    Files.delete(root.resolve("in/a.c"));
    Files.delete(root.resolve("in/b.c"));
    Files.createDirectory(root.resolve("none"));
    Files.writeString(root.resolve("none/late.c"), "");
    assertEquals(List.of(), empty("b"));
    assertEquals(List.of("none/*.c"), empty("d"));
  }
}
