package dev.torc.front.project;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.front.buildfile.ParsedBuildFile;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph read back is the graph that was written, and is valid for exactly its build files. */
class GraphFileTest {

  private static final String ALL =
      """
      name: everything
      description: with a bit of each
      vars: { years: 10 }
      env: { LC_ALL: C, CC: }
      limits: { licences: 2, memory: 4GB }
      roots: [/tmp/elsewhere]
      report: [plots/*.svg, { file: runs.csv, title: Runs }]
      data: { high: 3, names: [a, b] }
      hooks:
        - { on: done, job: train, command: "echo {years}", required: true }
      jobs:
        plain: { command: "cp a b > '{produces}'", needs: [a, "x/*.csv", "!x/no.csv", dir/], produces: b }
        words: { command: [cp, "{needs.left}", out/], needs: { left: b }, produces: out/ }
        steps:
          tasks: [ { cmd: one, image: busybox }, { command: two, env: { A: "{cpus}" }, dir: sub } ]
          needs: [{job: train}, {job: words}, {data: plain.loss}, {data: high}]
          produces: { log: "logs/*.log" }
          after: [plain]
          resources: { cpus: 2, memory: 1GB, gpus: 0, runtime: 5m, licences: 1, disk: 1GB, nodes: 2 }
          retries: 3
          retry: { on: [137, timeout], delay: 5s, grow: { memory: 2 }, recover: "sh fix.sh {attempt}" }
          depfile: x.d
          priority: 7
          tags: [slow, big]
          description: many things
          allow_failure: true
        empty: { parameters: { i: [] }, command: "echo {i} | cat" }
        last: { command: "true", persist: true, temporary: true, always: true, needs: logs/one.log, after: train }
        train:
          parameters: { lr: [0.1, 0.01], seed: { from: 1, to: 3 } }
          command: train {lr} {seed} > {produces}
          produces: "models/{lr}-{seed}.bin"
      """;

  @TempDir Path folder;
  private Path file;
  private final SortedMap<String, String> none = new TreeMap<>();

  @BeforeEach
  void path() throws IOException {
    folder = folder.toRealPath();
    file = folder.resolve("graph");
  }

  private Path put(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private DigestMemo digests() {
    return DigestMemo.readOnly(folder, StampSource.of(folder.getFileSystem()), _ -> null);
  }

  private GraphFile.Inputs origin(SortedMap<String, String> defines, Path... files) {
    return new GraphFile.Inputs(
        "1.0",
        List.of(files),
        new Overrides(defines, true, null, Map.of(), Called.NONE, false, null));
  }

  private Graph write(SortedMap<String, String> defines, Path... files) throws IOException {
    ParsedBuildFile blueprint =
        ParsedBuildFile.read(
            List.of(files),
            null,
            new Overrides(defines, true, null, Map.of(), Called.NONE, false, null));
    Graph graph = GraphBuilder.build(blueprint.expand(ResultSource.nothing()));
    assertNotNull(
        GraphFile.write(
            file,
            origin(defines, files),
            graph,
            blueprint.deciders(),
            blueprint.sources(),
            null,
            digests()));
    return graph;
  }

  private Graph read(SortedMap<String, String> defines, Path... files) throws IOException {
    GraphFile read = GraphFile.read(file, origin(defines, files), digests(), null);
    return read == null || !read.good() ? null : read.graph();
  }

  @Test
  void everythingComesBackAsItWas() throws IOException {
    Path yaml = put("torc.yaml", ALL);
    Graph written = write(none, yaml);
    Graph read = read(none, yaml);
    assertEquals(written.workflow(), read.workflow());
    assertEquals(1, read.workflow().groups().getFirst().sources().warnings().size());
    assertEquals(written.nodes(), read.nodes());
    for (int n = 0; n < written.nodes(); n++) {
      assertEquals(written.name(n), read.name(n));
      assertEquals(written.inOrder(n), read.inOrder(n));
      assertArrayEquals(written.before().row(n), read.before().row(n));
      assertArrayEquals(written.after().row(n), read.after().row(n));
    }
    for (int j = 0; j < written.jobs(); j++) {
      assertEquals(written.job(j), read.job(j));
      assertEquals(written.priority(j), read.priority(j));
      assertEquals(j, read.jobId(written.name(j)));
      assertArrayEquals(written.needs().row(j), read.needs().row(j));
      assertArrayEquals(written.products().row(j), read.products().row(j));
      assertArrayEquals(written.listNeeds().row(j), read.listNeeds().row(j));
    }
    assertEquals(written.files(), read.files());
    for (int f = 0; f < written.files(); f++) {
      assertEquals(written.path(f), read.path(f));
      assertEquals(written.maker(f), read.maker(f));
      assertEquals(f, read.fileId(written.path(f)));
    }
    assertEquals(written.lists(), read.lists());
    for (int l = 0; l < written.lists(); l++) {
      assertEquals(written.list(l).toString(), read.list(l).toString());
    }
    for (String path : List.of("out/x", "logs/one.log", "b", "nowhere", "models/0.1-2.bin")) {
      assertEquals(written.makerOf(path), read.makerOf(path), path);
    }
    for (String name : List.of("train", "train/lr=0.1", "plain", "nobody")) {
      assertArrayEquals(written.nodesOf(name), read.nodesOf(name), name);
    }
    assertEquals(-1, read.jobId("nobody"));
  }

  @Test
  void buildFilesThatDidNotChangeAreNotReadAgain() throws IOException {
    Path yaml = put("torc.yaml", "include: more.yaml\njobs: { a: { command: one, produces: x } }");
    put("more.yaml", "jobs: { b: { command: one, produces: y } }");
    List<String> reads = new ArrayList<>();
    DigestMemo safe = memo((path, _) -> reads.add(path));
    ParsedBuildFile blueprint = ParsedBuildFile.read(List.of(yaml), null, Overrides.NONE);
    Graph graph = GraphBuilder.build(blueprint.expand(ResultSource.nothing()));
    GraphFile.Inputs origin = origin(none, yaml);
    var sources = blueprint.sources();
    GraphFile.write(file, origin, graph, blueprint.deciders(), sources, null, safe);
    assertEquals(2, reads.size());
    GraphFile last = GraphFile.read(file, origin, digests(), null);
    put("torc.yaml", "include: more.yaml\njobs: { a: { command: two, produces: x } }");
    reads.clear();
    ParsedBuildFile edited = ParsedBuildFile.read(List.of(yaml), null, Overrides.NONE);
    graph = GraphBuilder.build(edited.expand(ResultSource.nothing()));
    DigestMemo later = memo((path, _) -> reads.add(path));
    assertNotNull(
        GraphFile.write(file, origin, graph, edited.deciders(), edited.sources(), last, later));
    assertEquals(List.of(folder.resolve("torc.yaml").toString()), reads);
    assertTrue(GraphFile.read(file, origin, digests(), null).good());
  }

  /** Returns a memo in which all files are ten seconds old, so that their digests are safe. */
  private DigestMemo memo(BiConsumer<String, KnownDigest> learnt) {
    StampSource now = StampSource.of(folder.getFileSystem());
    FileClock clock = FileClock.of(folder.resolve("clock"), now);
    return new DigestMemo(folder, aged(now), clock, _ -> null, learnt);
  }

  private static StampSource aged(StampSource now) {
    long by = 10_000_000_000L;
    return (in, path, follow) -> {
      Stamp at = now.at(in, path, follow);
      return at.exists()
          ? new Stamp(
              at.kind(), at.executable(), at.size(), at.mtime() - by, at.ctime() - by, at.inode())
          : at;
    };
  }

  @Test
  void anotherBuildFileHasNoGraphYet() throws IOException {
    Path yaml = put("torc.yaml", "jobs: { a: { command: one, produces: x } }");
    write(none, yaml);
    assertNotNull(read(none, yaml));
    put("torc.yaml", "jobs: { a: { command: two, produces: x } }");
    assertNull(read(none, yaml));
  }

  @Test
  void anotherBuildFileHasTheGraphOfTheOneBefore() throws IOException {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int j = 0; j < 9; j++) {
      text.append("  j%1$d: { command: echo %1$d, needs: i%1$d, produces: o%1$d }\n".formatted(j));
    }
    Path yaml = put("torc.yaml", text.toString());
    write(none, yaml);
    put("torc.yaml", "# a comment\n" + text);
    GraphFile last = GraphFile.read(file, origin(none, yaml), digests(), null);
    assertFalse(last.good());
    Overrides over = new Overrides(none, true, null, Map.of(), Called.NONE, false, null);
    Workflow again = ParsedBuildFile.read(List.of(yaml), null, over).expand(ResultSource.nothing());
    Graph graph = GraphBuilder.build(again, last.graph());
    assertTrue(graph.isWith(last.graph()));
    assertEquals(graph.job(3).place().line(), last.graph().job(3).place().line() + 1);
    put("torc.yaml", text.toString().replace("i7", "i8"));
    assertFalse(GraphBuilder.build(write(none, yaml).workflow(), last.graph()).isWith(graph));
  }

  @Test
  void theSameBytesUnderAnotherStampAreTheSameBuildFile() throws IOException {
    Path yaml = put("torc.yaml", "jobs: { a: { command: one, produces: x } }");
    write(none, yaml);
    Files.setLastModifiedTime(yaml, FileTime.fromMillis(1_000_000));
    assertNotNull(read(none, yaml));
  }

  @Test
  void anIncludedFileCounts() throws IOException {
    put("more/jobs.yaml", "jobs: { b: { command: one, produces: y } }");
    Path yaml = put("torc.yaml", "{ include: more/jobs.yaml, jobs: {} }");
    write(none, yaml);
    assertEquals(1, read(none, yaml).jobs());
    put("more/jobs.yaml", "jobs: { b: { command: two, produces: y } }");
    assertNull(read(none, yaml));
  }

  @Test
  void anIncludeThatLeadsElsewhereCounts() throws IOException {
    put("one/jobs.yaml", "jobs: { b: { command: one, produces: y } }");
    put("two/jobs.yaml", "jobs: { b: { command: two, produces: y } }");
    Path link = Files.createSymbolicLink(folder.resolve("more"), Path.of("one"));
    Path yaml = put("torc.yaml", "{ include: more/jobs.yaml, jobs: {} }");
    write(none, yaml);
    assertNotNull(read(none, yaml));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("two"));
    assertNull(read(none, yaml));
  }

  @Test
  void variablesAndFilesOfTheCommandLineCount() throws IOException {
    Path yaml = put("torc.yaml", "{ vars: { v: 1 }, jobs: { a: { command: 'echo {v}' } } }");
    Path site = put("site.yaml", "vars: { v: 2 }");
    SortedMap<String, String> defined = new TreeMap<>(Map.of("v", "3"));
    write(defined, yaml);
    assertNotNull(read(defined, yaml));
    assertNull(read(none, yaml));
    assertNull(read(defined, yaml, site));
  }

  @Test
  void aDamagedFileIsNone() throws IOException {
    Path yaml = put("torc.yaml", ALL);
    write(none, yaml);
    byte[] whole = Files.readAllBytes(file);
    for (int at : List.of(0, 9, whole.length / 2, whole.length - 1)) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      assertNull(read(none, yaml), "byte " + at);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertNull(read(none, yaml));
    Files.write(file, new byte[0]);
    assertNull(read(none, yaml));
    Files.delete(file);
    assertNull(read(none, yaml));
    Files.write(file, whole);
    assertNotNull(read(none, yaml));
  }

  @Test
  void theContentsThatWereReadCount() throws IOException {
    Path yaml = put("torc.yaml", "jobs: { a: { command: one, produces: x } }");
    ParsedBuildFile blueprint =
        ParsedBuildFile.read(
            List.of(yaml),
            null,
            new Overrides(none, true, null, Map.of(), Called.NONE, false, null));
    Graph graph = GraphBuilder.build(blueprint.expand(ResultSource.nothing()));
    put("torc.yaml", "jobs: { a: { command: two, produces: x } }");
    assertNull(
        GraphFile.write(
            file,
            origin(none, yaml),
            graph,
            blueprint.deciders(),
            blueprint.sources(),
            null,
            digests()));
    assertNull(read(none, yaml));
  }

  @Test
  void tablesOfValuesCount() throws IOException {
    put("seeds.txt", "1\n2\n");
    Path yaml =
        put(
            "torc.yaml",
            "jobs: { a: { parameters: { s: { lines: seeds.txt } }, command: 'echo {s}' } }");
    assertEquals(2, write(none, yaml).jobs());
    assertEquals(2, read(none, yaml).jobs());
    put("seeds.txt", "1\n2\n3\n");
    assertNull(read(none, yaml));
  }

  @Test
  void filesThatPatternsFindCount() throws IOException {
    put("a.txt", "");
    Path yaml =
        put(
            "torc.yaml",
            "jobs: { a: { parameters: { s: { glob: '*.txt' } }, command: 'echo {s}' } }");
    assertEquals(1, write(none, yaml).jobs());
    assertEquals(1, read(none, yaml).jobs());
    Path more = put("b.txt", "");
    assertNull(read(none, yaml));
    Files.delete(more);
    assertNotNull(read(none, yaml));
  }

  @Test
  void jobsWhoseResultsDecideAreNamed() throws IOException {
    for (String values : List.of("{ lines: made.txt }", "{ glob: 'm*.txt' }", "{ products: m }")) {
      Path yaml =
          put(
              "torc.yaml",
              """
              jobs:
                a: { parameters: { s: %s }, command: "echo {s}" }
                m: { command: echo 1 > made.txt, produces: "made*.txt" }
              """
                  .formatted(values));
      put("made.txt", "1\n2\n");
      ParsedBuildFile blueprint =
          ParsedBuildFile.read(
              List.of(yaml),
              null,
              new Overrides(none, true, null, Map.of(), Called.NONE, false, null));
      assertFalse(GraphBuilder.build(blueprint.expand(ResultSource.nothing())).isWhole(), values);
      ResultSource made = _ -> Optional.of(List.of("made.txt"));
      Graph graph = GraphBuilder.build(blueprint.expand(made));
      assertTrue(graph.isWhole(), values);
      GraphFile.write(
          file,
          origin(none, yaml),
          graph,
          blueprint.deciders(),
          blueprint.sources(),
          null,
          digests());
      GraphFile read = GraphFile.read(file, origin(none, yaml), digests(), null);
      assertFalse(read.lasting());
      assertEquals(BitSet.valueOf(new long[] {1L << read.graph().jobId("m")}), read.deciding());
    }
  }

  @Test
  void anotherGraphOfTheSameBuildFilesHasAnotherName() throws IOException {
    Path yaml =
        put(
            "torc.yaml",
            "jobs: { a: { parameters: { s: { glob: '*.txt' } }, command: 'echo {s}' } }");
    put("a.txt", "");
    write(none, yaml);
    Digest one = GraphFile.read(file, origin(none, yaml), digests(), null).id();
    put("b.txt", "");
    write(none, yaml);
    assertNotEquals(one, GraphFile.read(file, origin(none, yaml), digests(), null).id());
  }

  /**
   * A call of the warm server uses the graph that the call before read, while the file is the same.
   */
  @Test
  void theGraphOfTheCallBeforeServesWhileTheFileIsTheSame() throws IOException {
    Path yaml = put("torc.yaml", ALL);
    write(none, yaml);
    AtomicReference<Object> kept = new AtomicReference<>();
    Graph first = GraphFile.read(file, origin(none, yaml), digests(), kept).graph();
    assertNull(kept.get(), "a later write could leave the same times");
    while (kept.get() == null) { // for two seconds
      first = GraphFile.read(file, origin(none, yaml), digests(), kept).graph();
    }
    GraphFile again = GraphFile.read(file, origin(none, yaml), digests(), kept);
    assertSame(first, again.graph());
    assertTrue(again.good());
    put("torc.yaml", ALL + "# edited\n");
    GraphFile edited = GraphFile.read(file, origin(none, yaml), digests(), kept);
    assertSame(first, edited.graph());
    assertFalse(edited.good());
    write(none, yaml);
    GraphFile fresh = GraphFile.read(file, origin(none, yaml), digests(), kept);
    assertNotSame(first, fresh.graph());
    assertTrue(fresh.good());
  }
}
