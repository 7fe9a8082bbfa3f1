package dev.torc.front.project;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.front.buildfile.BuildFileLoader;
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

/** Rule 13 on the disk: how often a path is looked at. The stories test what is refused. */
class DiskChecksTest {

  @TempDir Path temp;
  private Path root;
  private Path elsewhere;

  /** The paths that were looked at, in order. */
  private final List<String> looks = new ArrayList<>();

  private final StampSource stamps =
      new WatchedStamps(
          StampSource.of(FileSystems.getDefault()),
          path -> looks.add(root.relativize(path).toString()));

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

  /** The paths that are looked at as these jobs are checked, sorted. */
  private List<String> looks(String jobs) throws IOException {
    Path file = root.resolve("torc.yaml");
    Files.writeString(file, "jobs:\n" + jobs.indent(2));
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
    BitSet all = new BitSet();
    all.set(0, graph.jobs());
    DigestMemo digests = new DigestMemo(root, stamps, FileClock.none(), _ -> null, (_, _) -> {});
    assertEquals(List.of(), DiskChecks.check(graph, digests, Map.of(), all, _ -> false));
    assertEquals(looks.size(), digests.stats());
    looks.sort(null);
    return looks;
  }

  @Test
  void oneLookAtEachSourceAndAtEachProductWhoseFolderIsThere() throws IOException {
    put("in/s");
    put("in/t");
    put("there/p");
    assertEquals(
        List.of("in/s", "in/t", "there/p", "there/r", "top"),
        looks(
            """
            a: { command: x, needs: [in/s, in/t], produces: [new/p, new/deeper/q], depfile: new/d }
            b: { command: x, needs: [in/t, in/s, new/p], produces: [there/p, there/r] }
            c: { command: x, needs: in/s, produces: top }
            """));
  }

  @Test
  void aSourceThatIsALinkIsFollowedOnce() throws IOException {
    put("s");
    put("t");
    Files.createSymbolicLink(root.resolve("l"), root.resolve("s"));
    assertEquals(
        List.of("l", "l", "l", "s", "t"), // is it a link, is it still one, where does it lead
        looks("a: { command: x, needs: [s, l, t] }\nb: { command: x, needs: [l, t, s] }"));
  }

  @Test
  void behindALinkOfTheUsersTheyCostNoMore() throws IOException {
    Files.writeString(elsewhere.resolve("s"), "");
    Files.createSymbolicLink(root.resolve("in"), elsewhere);
    String jobs = "a: { command: x, needs: in/s }\nb: { command: x, needs: in/s }";
    assertEquals(List.of("in/s"), looks(jobs));
  }
}
