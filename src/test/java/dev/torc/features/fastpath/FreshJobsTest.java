package dev.torc.features.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which jobs have to be decided, by stamps alone. */
class FreshJobsTest {

  private static final int JOBS = 5_000;

  @TempDir Path folder;

  /** One look for each file, however many jobs and threads there are. */
  @Test
  void eachFileIsLookedAtOnce() throws IOException {
    Graph graph = graph();
    for (int threads : List.of(1, 2, 7)) {
      Looks looks = new Looks(graph);
      FreshJobs fresh = fresh(graph, looks.stamps);
      DigestMemo digests = digests();
      FreshJobs.Looked looked = fresh.look(graph, looks, digests, threads);
      assertTrue(looked.dirty().isEmpty());
      assertSame(fresh, looked.fresh());
      assertEquals(0, digests.stats() + digests.filesHashed());
      assertEquals(JOBS + 1, looks.counts.size());
      assertTrue(looks.counts.values().stream().allMatch(count -> count == 1));
    }
  }

  @Test
  void aJobThatReadsAFileThatMovedIsDirty() throws IOException {
    Graph graph = graph();
    Looks looks = new Looks(graph);
    FreshJobs fresh = fresh(graph, looks.stamps);
    looks.stamps.put("out/17", new Stamp(Stamp.FileKind.FILE, false, 1, 2, 4, 3));
    assertEquals("{%d}".formatted(graph.jobId("j17")), dirty(fresh, graph, looks).toString());
    looks.stamps.put("one", Stamp.MISSING);
    assertEquals(JOBS, dirty(fresh, graph, looks).cardinality());
  }

  @Test
  void aJobThatIsNotAtRestIsDirty() throws IOException {
    Graph graph = graph();
    Looks looks = new Looks(graph);
    FreshJobs fresh = fresh(graph, looks.stamps);
    fresh.jobs().clear(3);
    assertEquals("{3}", dirty(fresh, graph, looks).toString());
  }

  /** An error on another thread is thrown: else its files would pass as looked at. */
  @Test
  void anErrorInOneShareIsThrown() throws IOException {
    Graph graph = graph();
    Looks looks = new Looks(graph);
    FreshJobs fresh = fresh(graph, looks.stamps);
    looks.stamps.remove(graph.path(0));
    assertThrows(NullPointerException.class, () -> fresh.look(graph, looks, digests(), 2));
  }

  private BitSet dirty(FreshJobs fresh, Graph graph, Looks looks) {
    return fresh.look(graph, looks, digests(), 2).dirty();
  }

  /** No digest is known, so nothing is read. */
  private DigestMemo digests() {
    return DigestMemo.readOnly(folder, StampSource.of(folder.getFileSystem()), _ -> null);
  }

  @Test
  void readersOfADirtyJobAreConcerned() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("torc.yaml"),
            """
            jobs:
              a: { command: "true", produces: a }
              b: { command: "true", needs: a, produces: b }
              c: { command: "true", after: [b, x] }
              x: { command: "true" }
            """);
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
    BitSet first = new BitSet();
    first.set(graph.jobId("a"));
    BitSet all = Downstream.with(graph, first);
    assertEquals(3, all.cardinality());
    assertTrue(all.get(graph.jobId("b")) && all.get(graph.jobId("c")));
  }

  /** Rule 4: a digest counts only for the stamp that the file had. */
  @Test
  void aDigestIsKnownByPathAndStamp() throws IOException {
    Graph graph = graph();
    Map<String, Stamp> down = new HashMap<>();
    FreshJobs fresh = fresh(graph, down);
    int file = graph.fileId("out/1");
    fresh.files().digests().put(file, Digest.ofText("one"));
    Stamp stamp = down.get("out/1");
    assertEquals(Digest.ofText("one"), fresh.digest(graph, "out/1", stamp));
    assertNull(fresh.digest(graph, "out/2", down.get("out/2")), "its digest is not known");
    assertNull(fresh.digest(graph, "out/1", down.get("out/2")), "another inode");
    assertNull(fresh.digest(graph, "elsewhere", stamp), "not fresh");
    Stamp folder = new Stamp(Stamp.FileKind.FOLDER, false, 1, 2, 3, file);
    assertNull(fresh.digest(graph, "out/1", folder));
  }

  @Test
  void otherDecidingFilesAreKnownByTheirPaths() throws IOException {
    Graph graph = graph();
    Map<String, Stamp> down = new HashMap<>();
    FreshJobs fresh = fresh(graph, down, "found.h", "tool");
    for (String path : List.of(graph.path(0), "found.h", "tool")) {
      int file = fresh.files().number(graph, path);
      fresh.files().digests().put(file, Digest.ofText(path));
      assertEquals(path, fresh.files().path(graph, file));
      assertEquals(Digest.ofText(path), fresh.digest(graph, path, down.get(path)));
    }
    SeenFiles less = fresh.files().with(new long[SeenFiles.WIDTH]); // the graph has grown since
    assertNull(less.digest(graph, graph.path(1), down.get(graph.path(1))));
  }

  @Test
  void filesAndWhatIsGoneAreToldApart() throws IOException {
    Graph graph = graph();
    FreshJobs fresh = fresh(graph, new HashMap<>(), "found.h");
    BitSet last = jobs(graph.jobs() - 1); // this job touches the further file too
    int product = graph.products().at(graph.products().from(graph.jobs() - 1));
    int further = graph.files();
    String seen = "";
    long empty = SeenFiles.numbers(new Stamp(Stamp.FileKind.FILE, false, 0, 0, 0, 0))[0];
    long program = SeenFiles.numbers(new Stamp(Stamp.FileKind.FILE, true, 5, 0, 0, 0))[0];
    for (long size :
        new long[] {
          empty,
          program,
          program | SeenFiles.UNSAFE,
          SeenFiles.FOLDER,
          SeenFiles.GONE,
          SeenFiles.TORN
        }) {
      fresh.files().stamps()[product * SeenFiles.WIDTH] = size;
      seen += fresh.files().isFile(product) ? "file " : "none ";
      assertEquals(size == SeenFiles.GONE, fresh.lackProducts(graph, last));
      assertFalse(fresh.lackProducts(graph, jobs(0)));
    }
    assertEquals("file file file none none none ", seen);
    fresh.files().stamps()[product * SeenFiles.WIDTH] = 0;
    assertFalse(fresh.files().isFile(product), "nothing was seen");
    fresh.files().stamps()[further * SeenFiles.WIDTH] = SeenFiles.GONE;
    assertTrue(fresh.lackProducts(graph, last));
    fresh.jobs().andNot(last);
    assertFalse(fresh.lackProducts(graph, last), "it is decided anyway");
  }

  private static BitSet jobs(int... some) {
    BitSet jobs = new BitSet();
    IntStream.of(some).forEach(jobs::set);
    return jobs;
  }

  @Test
  void aMissingFileOrAFifoMovesWithItsKind() throws IOException {
    Graph graph = graph();
    Looks looks = new Looks(graph);
    FreshJobs fresh = fresh(graph, looks.stamps);
    int at = graph.fileId("out/3") * SeenFiles.WIDTH;
    String moved = "{%d}".formatted(graph.jobId("j3"));
    Stamp fifo = new Stamp(Stamp.FileKind.OTHER, false, 0, 0, 0, 0);
    for (Stamp before : List.of(Stamp.MISSING, fifo)) {
      fresh.files().stamps()[at] = SeenFiles.numbers(before)[0];
      for (Stamp now : List.of(Stamp.MISSING, fifo)) {
        looks.stamps.put("out/3", now);
        assertEquals(before == now ? "{}" : moved, dirty(fresh, graph, looks).toString());
      }
    }
  }

  @Test
  void ifNoFileCanBeLookedAtAllJobsAreDecided() throws IOException {
    Graph graph = graph();
    Looks closed =
        new Looks(graph) {
          @Override
          public FolderStamps inFolder(Path folder, boolean follow) throws IOException {
            throw new IOException("closed");
          }
        };
    FreshJobs fresh = fresh(graph, new HashMap<>());
    assertEquals(graph.allJobs(), fresh.look(graph, closed, digests(), 2).dirty());
  }

  private Graph graph() throws IOException {
    StringBuilder json = new StringBuilder("{\"jobs\": {");
    for (int j = 0; j < JOBS; j++) {
      json.append(j == 0 ? "" : ",")
          .append("\"j%d\":{\"command\":\"x\",\"needs\":\"one\",".formatted(j))
          .append("\"produces\":\"out/%d\"}".formatted(j));
    }
    Path file = Files.writeString(folder.resolve("torc.json"), json + "}}");
    return GraphBuilder.build(BuildFileLoader.load(List.of(file), new TreeMap<>()));
  }

  /** All fresh jobs, with the stamp of each file; the last job touches the further files. */
  private static FreshJobs fresh(Graph graph, Map<String, Stamp> down, String... further) {
    BitSet jobs = new BitSet();
    jobs.set(0, graph.jobs());
    int files = graph.files() + further.length;
    long[] stamps = new long[files * SeenFiles.WIDTH];
    for (int f = 0; f < files; f++) {
      Stamp stamp = new Stamp(Stamp.FileKind.FILE, false, 1, 2, 3, f);
      down.put(f < graph.files() ? graph.path(f) : further[f - graph.files()], stamp);
      System.arraycopy(SeenFiles.numbers(stamp), 0, stamps, f * SeenFiles.WIDTH, SeenFiles.WIDTH);
    }
    Adjacency.RowCollector extra = new Adjacency.RowCollector();
    for (int j = 0; j < graph.jobs(); j++) {
      if (j == graph.jobs() - 1) {
        IntStream.range(graph.files(), files).forEach(extra::add);
      }
      extra.endRow(false);
    }
    StringTable.Builder paths = new StringTable.Builder();
    List.of(further).forEach(paths::add);
    FreshJobs.Held held =
        new FreshJobs.Held(Digest.ofText("graph"), "boot", Stamp.MISSING, "", new TreeMap<>());
    return new FreshJobs(
        held,
        1,
        jobs,
        new BitSet(),
        new SeenFiles(stamps, FreshDigests.of(files), paths, new ExtraFiles(extra.build())),
        List.of("old"));
  }

  /** Files with the stamps that the test gives them. */
  private static class Looks implements StampSource {
    private final Path root;
    private final Map<String, Stamp> stamps = new HashMap<>();
    private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

    Looks(Graph graph) {
      root = graph.workflow().root();
    }

    @Override
    public Stamp at(Path folder, String path, boolean follow) {
      if (!follow) {
        throw new IllegalStateException("links are followed");
      }
      String name = root.relativize(folder.resolve(path)).toString();
      counts.merge(name, 1, Integer::sum);
      return stamps.get(name);
    }
  }
}
