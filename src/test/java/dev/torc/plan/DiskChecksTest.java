package dev.torc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.buildfile.BuildFileLoader;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphBuilder;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 13 on the disk: where needs and products lie, by whatever links lead there. */
class DiskChecksTest {

  @TempDir Path temp;
  private Path root;
  private Path elsewhere;

  /** The paths that were looked at, in order. */
  private final List<String> looks = new ArrayList<>();

  private final StampSource stamps =
      new StampSource() {
        private final StampSource real = StampSource.of(FileSystems.getDefault());

        @Override
        public Stamp stamp(Path path) throws IOException {
          looks.add(root.relativize(path).toString());
          return real.stamp(path);
        }

        @Override
        public Stamp linkStamp(Path path) throws IOException {
          looks.add(root.relativize(path).toString());
          return real.linkStamp(path);
        }
      };

  @BeforeEach
  void folders() throws IOException {
    root = Files.createDirectory(temp.toRealPath().resolve("root"));
    elsewhere = Files.createDirectory(temp.toRealPath().resolve("elsewhere"));
  }

  private void put(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, path);
  }

  private void link(String path, Path target) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, target);
  }

  private List<String> check(String yaml) throws IOException {
    Path file = root.resolve("torc.yaml");
    Files.writeString(file, yaml);
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
    BitSet all = new BitSet();
    all.set(0, graph.jobs());
    looks.clear();
    DigestMemo digests = new DigestMemo(root, stamps, FileClock.none(), _ -> null, (_, _) -> {});
    List<BadInput.Diagnostic> unreadable = DiskChecks.check(graph, digests, Map.of(), all);
    assertEquals(looks.size(), digests.stats());
    return unreadable.stream().map(each -> each.message()).toList();
  }

  /** Checks jobs, one in a line; returns what is told of needs that cannot be read. */
  private List<String> accepted(String jobs) throws IOException {
    return check("jobs:\n" + jobs.indent(2));
  }

  private void refused(String jobs, String... messages) {
    BadInput bad = assertThrows(BadInput.class, () -> accepted(jobs));
    List<String> told = bad.diagnostics().stream().map(each -> each.message()).toList();
    assertEquals(List.of(messages), told);
  }

  private String outside(String product, Path real) {
    return "product %s lies in %s, which is neither below the root nor below a folder in `roots`"
        .formatted(product, real);
  }

  @Test
  void theFileLinkOfAProductMovesAsideWhereverItLeads() throws IOException {
    link("out", elsewhere.resolve("x"));
    link("d/gone", elsewhere.resolve("nowhere"));
    accepted("a: { command: x, produces: [out, d/gone] }");
  }

  @Test
  void aFolderThatIsAProductIsFilledWhereItsLinkLeads() throws IOException {
    link("out", elsewhere);
    refused("a: { command: x, produces: out/ }", outside("out", elsewhere));
  }

  @Test
  void aProductBehindALinkThatLeadsNowhereStaysThere() throws IOException {
    link("d", elsewhere.resolve("nowhere"));
    accepted("a: { command: x, produces: [d/p, d/deeper/p] }");
  }

  @Test
  void aProductDeepBehindALinkOutOfTheRoot() throws IOException {
    link("d", elsewhere);
    Files.createDirectory(elsewhere.resolve("there"));
    refused(
        "a: { command: x, produces: [d/there/p, d/missing/deeper/p, 'd/x*'] }",
        outside("d/there/p", elsewhere.resolve("there")),
        outside("d/missing/deeper/p", elsewhere.resolve("missing/deeper")),
        outside("d/*", elsewhere));
  }

  @Test
  void aProductBelowAFileIsTheJobsToFailAt() throws IOException {
    put("file");
    accepted("a: { command: x, produces: [file/p, file/deeper/p] }");
  }

  @Test
  void linksInACircleAreTheJobsToFailAt() throws IOException {
    link("round", root.resolve("round"));
    for (String product : List.of("round", "round/p", "round/deeper/p")) {
      assertEquals(List.of(), accepted("a: { command: x, produces: " + product + " }"), product);
    }
    for (String need : List.of("round", "round/s", "round/")) {
      assertEquals(
          List.of("need " + need + " cannot be read: too many levels of symbolic links"),
          accepted("a: { command: x, needs: " + need + " }"));
    }
  }

  @Test
  void whatIsNoFileIsTheReadersToFailAt() throws IOException {
    put("folder/file");
    put("file");
    assertEquals(
        List.of(
            "need folder cannot be read: it is a folder; write folder/",
            "need /dev/null cannot be read: it is a FIFO, socket or device, not a file",
            "need file/ cannot be read: it is no folder; write it without the slash"),
        accepted("a: { command: x, needs: [file, folder, /dev/null, file/] }"));
  }

  @Test
  void aProductThatIsTheBuildFileUnderAnotherName() throws IOException {
    put("torc.yaml");
    link("p", root.resolve("torc.yaml"));
    link("d", root);
    refused(
        "a: { command: x, produces: [p, d/torc.yaml] }",
        "product p is the build file",
        "product d/torc.yaml is the build file");
  }

  @Test
  void twoNamesOfOneProduct() throws IOException {
    Files.createDirectory(root.resolve("e"));
    link("d", root.resolve("e"));
    refused(
        """
        a: { command: x, produces: [d/p, d/q, d/r/] }
        b: { command: x, produces: [e/p, e/r/] }
        """,
        "product d/p is e/p, a product of job b",
        "product d/r is e/r, a product of job b");
  }

  @Test
  void aDepfileIsHeldAgainstItAsAProductIs() throws IOException {
    link("d", elsewhere);
    refused("a: { command: x, depfile: d/x.d }", outside("d/x.d", elsewhere));
  }

  @Test
  void aRootMayBeTheProductItself() throws IOException {
    Path out = Files.createDirectory(elsewhere.resolve("out"));
    check("roots: ['%1$s']\njobs: { a: { command: x, produces: '%1$s/' } }".formatted(out));
    refused(
        "a: { command: x, produces: ['%1$s/', '%1$s.x'] }".formatted(out),
        outside(out.toString(), out),
        outside(out + ".x", elsewhere));
  }

  @Test
  void aNeedThatIsAProductUnderAnotherName() throws IOException {
    put("e/p");
    link("d", root.resolve("e"));
    link("l", root.resolve("e/p"));
    String also = ", a product of job b; need it by that name";
    refused(
        """
        a: { command: x, needs: [d/p, s, l] }
        b: { command: x, produces: e/p }
        """,
        "job a needs d/p, which is e/p" + also,
        "job a needs s, which does not exist and which no job produces",
        "job a needs l, which is e/p" + also);
  }

  @Test
  void sourcesOfAllKindsAreToldInTheOrderWritten() throws IOException {
    put("file");
    put("folder/file");
    link("gone", root.resolve("nowhere"));
    link("good", root.resolve("file"));
    refused(
        """
        b: { command: x, needs: [good, file, folder/file] }
        a: { command: x, needs: [gone, good, missing, none/file, file/x, file] }
        """,
        "job a needs gone, which does not exist and which no job produces",
        "job a needs missing, which does not exist and which no job produces",
        "job a needs none/file, which does not exist and which no job produces",
        "job a needs file/x, which does not exist and which no job produces");
  }

  @Test
  void oneLookAtEachSourceAndAtEachProductWhoseFolderIsThere() throws IOException {
    put("in/s");
    put("in/t");
    put("there/p");
    accepted(
        """
        a: { command: x, needs: [in/s, in/t], produces: [new/p, new/deeper/q], depfile: new/d }
        b: { command: x, needs: [in/t, in/s, new/p], produces: [there/p, there/r] }
        c: { command: x, needs: in/s, produces: top }
        """);
    looks.sort(null);
    assertEquals(List.of("in/s", "in/t", "there/p", "there/r", "top"), looks);
  }

  @Test
  void aSourceThatIsALinkIsFollowedOnce() throws IOException {
    put("s");
    put("t");
    link("l", root.resolve("s"));
    accepted(
        """
        a: { command: x, needs: [s, l, t] }
        b: { command: x, needs: [l, t, s] }
        """);
    looks.sort(null);
    assertEquals(List.of("l", "l", "l", "s", "t"), looks); // is it, is it still, where does it lead
  }

  @Test
  void behindALinkOfTheUsersTheyCostNoMore() throws IOException {
    Files.writeString(elsewhere.resolve("s"), "");
    link("in", elsewhere);
    accepted("a: { command: x, needs: in/s }\nb: { command: x, needs: in/s }");
    assertEquals(List.of("in/s"), looks);
  }
}
