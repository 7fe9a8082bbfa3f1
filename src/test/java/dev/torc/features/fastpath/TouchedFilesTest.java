package dev.torc.features.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.ClosedFile;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that have other stamps and hold the same bytes leave the fresh jobs (rules 2, 4, 5). */
class TouchedFilesTest {

  @TempDir Path temp;
  private Path root;
  private Graph graph;
  private FreshJobs fresh;
  private FileClock clock;
  private final AgedStamps stamps = new AgedStamps();
  private int touches;

  /** The digests that the last look read. */
  private DigestMemo digests;

  /** Three fresh jobs, of which two need one file. */
  @BeforeEach
  void project() throws IOException {
    root = Files.createDirectory(temp.toRealPath().resolve("root"));
    clock = FileClock.of(temp.resolve("clock"), stamps);
    given(
        """
        jobs:
          a: { command: x, needs: [in/s, t], produces: out/a }
          b: { command: x, needs: in/s, produces: b }
          c: { command: x, needs: u, produces: c }
        """);
  }

  private void given(String yaml) throws IOException {
    put("torc.yaml", yaml);
    graph =
        GraphBuilder.build(
            BuildFileLoader.load(List.of(root.resolve("torc.yaml")), new TreeMap<>()));
    for (int f = 0; f < graph.files(); f++) {
      put(graph.path(f), "text of " + graph.path(f));
    }
    fresh();
  }

  /** Takes all files as fresh as they are now. */
  private void fresh() throws IOException {
    long[] numbers = new long[graph.files() * SeenFiles.WIDTH];
    FreshDigests known = FreshDigests.of(graph.files());
    for (int f = 0; f < graph.files(); f++) {
      Path file = root.resolve(graph.path(f));
      long[] stamp = SeenFiles.numbers(stamps.stamp(file));
      System.arraycopy(stamp, 0, numbers, f * SeenFiles.WIDTH, SeenFiles.WIDTH);
      known.put(f, Digest.ofBytes(Files.readAllBytes(file)));
    }
    BitSet jobs = new BitSet();
    jobs.set(0, graph.jobs());
    Adjacency.RowCollector none = new Adjacency.RowCollector();
    for (int j = 0; j < graph.jobs(); j++) {
      none.endRow(false);
    }
    fresh =
        new FreshJobs(
            held(),
            1,
            jobs,
            new BitSet(),
            new SeenFiles(numbers, known, new StringTable.Builder(), new ExtraFiles(none.build())),
            null);
  }

  /** A caller without an environment. */
  private static MachineInputs nobody() {
    return caller(Map.of());
  }

  private static MachineInputs caller(Map<String, String> variables) {
    return new MachineInputs(
        Path.of("/"), variables, StampSource.of(FileSystems.getDefault()), null);
  }

  /** The stamp of a folder that is there stands for the stamp of the database. */
  private FreshJobs.Held held() throws IOException {
    Stamp database = stamps.stamp(root);
    return new FreshJobs.Held(Digest.ofText("graph"), "boot", database, "", new TreeMap<>());
  }

  private void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    ClosedFile.write(file, text);
  }

  private void touch(String path) throws IOException {
    Files.setLastModifiedTime(root.resolve(path), FileTime.fromMillis(1_000_000L + ++touches));
  }

  /** Looks, keeps the present stamps, and returns the names of the jobs to be decided. */
  private Set<String> look(int threads) {
    digests = new DigestMemo(root, stamps, clock, _ -> null, (_, _) -> {});
    FreshJobs.Looked looked = fresh.look(graph, stamps, digests, threads);
    fresh = looked.fresh();
    return looked.dirty().stream()
        .mapToObj(graph::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> look() {
    return look(2);
  }

  @Test
  void touchedFilesAreReadOnceAndStayFresh() throws IOException {
    FreshJobs before = fresh;
    touch("in/s");
    touch("t");
    assertEquals(Set.of(), look());
    assertEquals(2, digests.filesHashed(), "however many jobs need them");
    assertEquals(2 * 2, digests.stats(), "before and after the reading, beside the first look");
    assertNotSame(before, fresh);
    assertEquals(Set.of(), look());
    assertEquals(0, digests.filesHashed() + digests.stats(), "the new stamps are known");
  }

  @Test
  void otherBytesOfTheSameSizeAreSeen() throws IOException {
    FreshJobs before = fresh;
    put("in/s", "Text of in/s");
    touch("in/s");
    assertEquals(Set.of("a", "b"), look());
    assertEquals(1, digests.filesHashed());
    assertSame(before, fresh, "nothing is remembered of it");
    assertEquals(Set.of("a", "b"), look(), "nor the next time");
    put("in/s", "text of in/s");
    assertEquals(Set.of(), look(), "put back");
  }

  @Test
  void anotherSizeIsNotRead() throws IOException {
    put("t", "longer than it was before");
    assertEquals(Set.of("a"), look());
    assertEquals(0, digests.filesHashed());
  }

  /** Rule 4: bytes that were written just now may still change without a trace. */
  @Test
  void withinTheRacyWindowItIsReadEachTime() throws IOException {
    FreshJobs before = fresh;
    stamps.racy.add(root.resolve("t"));
    touch("t");
    touch("u");
    assertEquals(Set.of(), look());
    assertEquals(2, digests.filesHashed());
    assertNotSame(before, fresh, "the other one is remembered");
    assertEquals(Set.of(), look());
    assertEquals(1, digests.filesHashed());
  }

  /** Rule 4: at the end of a build, a small file that was read too early is read once more. */
  @Test
  void aFileReadTooEarlyIsTrustedAfterASecondRead() throws IOException {
    stamps.racy.add(root.resolve("u"));
    put("c", "x".repeat(1 << 17));
    fresh();
    for (String path : List.of("t", "b", "c", "u", "out/a")) {
      fresh.files().stamps()[graph.fileId(path) * SeenFiles.WIDTH] |= SeenFiles.UNSAFE;
    }
    put("b", "Text of b");
    DigestMemo build = new DigestMemo(root, stamps, clock, _ -> null, (_, _) -> {});
    fresh = fresh.reread(graph, build, 2);
    assertEquals(0, build.filesHashed(), "what the build read is not asked");
    assertEquals(Set.of("b"), look(), "its product has other bytes now");
    assertEquals(3, digests.filesHashed(), "b, c, which is large, and u, which may still change");
  }

  @Test
  void withoutAClockNothingIsRemembered() throws IOException {
    FreshJobs before = fresh;
    clock = FileClock.none();
    touch("t");
    assertEquals(Set.of(), look());
    assertEquals(1, digests.filesHashed());
    assertSame(before, fresh);
  }

  /** A digest depends on the bytes, and of the mode only on the executable bit of a product. */
  @Test
  void anotherModeDecidesNothingButForTheExecutableBitOfAProduct() throws IOException {
    mode("in/s", "rwxr-xr-x");
    mode("out/a", "rw-------");
    assertEquals(Set.of(), look());
    mode("in/s", "rw-r--r--");
    assertEquals(Set.of(), look());
    mode("out/a", "rwx------");
    assertEquals(Set.of("a"), look());
    mode("out/a", "rw-r--r-x");
    assertEquals(Set.of(), look(), "only the owner's counts");
  }

  @Test
  void anExecutableProductIsAtRestByItsBytesToo() throws IOException {
    mode("b", "rwxr-xr-x");
    fresh();
    touch("b");
    assertEquals(Set.of(), look());
    assertEquals(1, digests.filesHashed());
    mode("b", "rw-r--r--");
    assertEquals(Set.of("b"), look());
  }

  private void mode(String path, String mode) throws IOException {
    Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString(mode));
  }

  /** Rule 5: products are verified by digest too. */
  @Test
  void aProductIsAtRestByItsBytes() throws IOException {
    touch("out/a");
    Files.copy(root.resolve("b"), temp.resolve("copy"));
    Files.move(temp.resolve("copy"), root.resolve("b"), StandardCopyOption.REPLACE_EXISTING);
    assertEquals(Set.of(), look());
    assertEquals(2, digests.filesHashed());
    put("b", "text of B");
    assertEquals(Set.of("b"), look());
    Files.delete(root.resolve("out/a"));
    assertEquals(Set.of("a", "b"), look());
  }

  @Test
  void aFileThatBecameAnotherKindIsNotRead() throws IOException {
    Path file = root.resolve("t");
    Files.move(file, temp.resolve("t"));
    Files.createDirectory(file);
    assertEquals(Set.of("a"), look());
    Files.delete(file);
    Files.createSymbolicLink(file, temp.resolve("t"));
    assertEquals(Set.of("a"), look(), "a link to the same bytes");
    Files.delete(file);
    assertEquals(Set.of("a"), look());
    assertEquals(0, digests.filesHashed());
  }

  /** The checks of rule 13 have to see where the link leads. */
  @Test
  void aLinkOnTheWayLetsTheJobsBeDecided() throws IOException {
    Files.move(root.resolve("in"), temp.resolve("else"));
    Files.createSymbolicLink(root.resolve("in"), temp.resolve("else"));
    touch("in/s");
    assertEquals(Set.of("a", "b"), look());
    assertEquals(0, digests.filesHashed());
  }

  @Test
  void freshJobsAreWrittenWithTheirDigests() throws IOException {
    Path file = temp.resolve("rest");
    fresh.write(file);
    fresh = FreshJobs.read(file, held(), nobody());
    touch("t");
    put("u", "Text of u");
    assertEquals(Set.of("c"), look());
    fresh.write(file);
    fresh = FreshJobs.read(file, held(), nobody());
    assertEquals(Set.of("c"), look());
    assertEquals(1, digests.filesHashed());
  }

  @Test
  void anotherAnswerOfTheCallersEnvironmentIsAnotherRest() throws IOException {
    FreshJobs.Held held = held().with(caller(Map.of("A", "1")), List.of("A", "B"));
    Path file = temp.resolve("rest");
    fresh.with(held, fresh.files()).write(file);
    assertEquals(held, FreshJobs.read(file, held(), caller(Map.of("A", "1", "C", "2"))).held());
    assertNull(FreshJobs.read(file, held(), caller(Map.of("A", "2"))));
    assertNull(FreshJobs.read(file, held(), caller(Map.of("A", "1", "B", ""))));
  }

  @Test
  void withoutTheDigestsWhatMovedIsDecided() throws IOException {
    Path file = temp.resolve("rest");
    fresh.write(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    fresh = FreshJobs.read(file, held(), nobody());
    assertEquals(Set.of(), look());
    touch("t");
    assertEquals(Set.of("a"), look());
    assertEquals(0, digests.filesHashed());
  }

  @Test
  void manyAreReadByAllThreads() throws IOException {
    StringBuilder yaml = new StringBuilder("jobs:\n");
    for (int j = 0; j < 400; j++) {
      yaml.append("  j%d: { command: x, needs: s%d, produces: p%d }\n".formatted(j, j, j));
    }
    given(yaml.toString());
    for (int threads : List.of(1, 2, 7)) {
      for (int j = 0; j < 400; j++) {
        touch("s" + j);
      }
      put("s17", "another size");
      put("s18", "text of S18");
      assertEquals(Set.of("j17", "j18"), look(threads));
      assertEquals(399, digests.filesHashed());
    }
  }
}
