package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.FilesBelow;
import dev.torc.JavaChild;
import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.Environment;
import dev.torc.core.attempt.Event;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.PowerLoss;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.run.CutDisk.Lost;
import dev.torc.core.run.DiskTrace.Bytes;
import dev.torc.core.run.DiskTrace.Inode;
import dev.torc.core.run.DiskTrace.Name;
import dev.torc.core.run.DiskTrace.Op;
import dev.torc.core.run.DiskTrace.Size;
import dev.torc.core.run.DiskTrace.Sync;
import dev.torc.front.cli.Main;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Rule 9 when the machine goes down. After a kill the kernel still writes all bytes, so no kill
 * shows that a sync is missing. Here builds are traced ({@link DiskTrace}), and the next build
 * finds what a disk may hold after a power cut ({@link CutDisk}), with the stamps that torc saw:
 * its products must be those of a build from scratch, what the user wrote must still be there, and
 * no commit may be lost.
 */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("PowerCutIT") // one of its tests at a time, beside other classes
class PowerCutIT {

  /** How many disks are looked at; {@code -Dtorc.cuts=10000} looks at more. */
  private static final int CUTS = Integer.getInteger("torc.cuts", Sample.part(5, 200));

  /** One of so many disks must show that a sync is missing. */
  private static final int TRIES = 40;

  private static final String JOBS =
      """
      jobs:
        a: { command: cat x x > a.out, needs: [x], produces: [a.out] }
        b: { command: cat a.out y > b.out, needs: [a.out, y], produces: [b.out] }
        v: { command: 'echo "k=$(head -c 1 y)" >> "$TORC_OUTPUT"', needs: [y] }
        w: { command: 'echo {data.v.k} > w.out', needs: [{ data: v.k }], produces: [w.out] }
        d: { command: cat x > dir/1; cat y > dir/2, needs: [x, y], produces: [dir/] }
        t: { command: cat y y > t.out, needs: [y], produces: [t.out], temporary: delete }
        r: { command: cat t.out x > r.out, needs: [t.out, x], produces: [r.out] }
        g: { command: 'cat b.out > "g/n$(head -c 1 x).o"', needs: [x, b.out], produces: ['g/*.o'] }
        k:
          command: cat b.out > k.out; test -z "$DIE" || { sleep 1; kill -9 $PPID; }
          needs: [b.out]
          produces: [k.out]
      """;

  /** What is traced: a build after an edit, a restore, a build that is killed, its recovery. */
  private static final String STEPS =
      """
      text 3 > x; torc
      text 1 > x; torc
      echo mine > a.out; text 4 > y; DIE=1 torc -j 1
      text 2 > x; torc
      """;

  /** Traced in a network root: a first journal, a build that is killed, and one that goes on. */
  private static final String SHARED_STEPS =
      """
      echo no journal > .torc/journal; text 3 > x; torc
      text 4 > y; DIE=1 torc -j 1
      text 2 > x; torc
      """;

  private static final int LENGTH = 3000;

  private static final String SHELL =
      """
      torc() { here=$PWD; ( cd '%s'; exec '%s' -C "$here" "$@" ); }
      text() { head -c %d /dev/zero | tr '\\0' $1; }
      """
          .formatted(
              Path.of("").toAbsolutePath(),
              String.join("' '", JavaChild.command(Main.class)),
              LENGTH);

  /** One character many times. */
  private static final Pattern RUN = Pattern.compile("(?s)(.)\\1{9,}");

  private static final String MINE = "mine\n";

  @TempDir static Path temp;
  private static Traced alone;
  private static Traced shared;

  private static final Map<String, SortedMap<String, String>> RIGHT = new HashMap<>();

  /** A traced project; {@code cache} is the folder of a shared one's database, null for others. */
  private record Traced(Path root, Path cache, DiskTrace trace) {

    @Override
    public String toString() {
      return cache == null ? "a root of one host" : "a network root";
    }

    /** The file whose records decide: the database, or the journal of a network root. */
    Path records() {
      return root.resolve(cache == null ? ".torc/data.mdb" : ".torc/journal");
    }
  }

  @BeforeAll
  static void trace() throws Exception {
    assumeTrue(DiskTrace.works() || "true".equals(System.getenv("CI")), "strace is not there");
    alone = traced(false, STEPS);
    shared = traced(true, SHARED_STEPS);
  }

  private static Traced traced(boolean shares, String steps) throws Exception {
    Path root = Files.createTempDirectory(temp.toRealPath(), "root");
    Path cache = shares ? Files.createTempDirectory(temp.toRealPath(), "cache") : null;
    Files.writeString(root.resolve("torc.yaml"), JOBS);
    Traced built = new Traced(root, cache, null);
    for (String x : List.of("1", "2")) {
      Files.writeString(root.resolve("x"), x.repeat(LENGTH));
      Files.writeString(root.resolve("y"), "1".repeat(LENGTH));
      builds(new Next(built, ThisHost.system().boot(), Map.of()));
    }
    List<Path> folders = shares ? List.of(root, cache) : List.of(root);
    return new Traced(root, cache, DiskTrace.of(folders, sh(cache, steps, root), temp));
  }

  private static ProcessBuilder sh(Path cache, String script, Path root) {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", SHELL + script).directory(root.toFile());
    if (cache != null) {
      builder.environment().put("TORC_CACHE", cache.toString());
    }
    return builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
  }

  /** The same machine after it went down. */
  private record Rebooted(String boot) implements ThisHost {
    @Override
    public Optional<String> networkKind(Path folder) {
      return ThisHost.system().networkKind(folder);
    }

    @Override
    public String name() {
      return ThisHost.system().name();
    }

    @Override
    public Path databases() {
      return ThisHost.system().databases();
    }
  }

  /** The next build, with real processes; it sees the stamps that files had before the cut. */
  private static final class Next extends Harness {
    private final Map<Stamp, Stamp> were;

    Next(Traced traced, String boot, Map<Stamp, Stamp> were) {
      super(traced.root);
      this.were = were;
      here = new Rebooted(boot);
      restores = true;
      env.put("PATH", System.getenv("PATH"));
      if (traced.cache != null) {
        env.put("TORC_CACHE", traced.cache.toString());
      }
      StampSource now = stamps;
      stamps = (folder, path, follow) -> were(now.at(folder, path, follow));
    }

    private Stamp were(Stamp now) {
      return were.getOrDefault(now, now);
    }

    @Override
    Cache openCache(CachePlace place) {
      return PowerLoss.open(
          place, here.boot(), line -> events.add(new Event.Note(Event.Level.WARNING, line)));
    }

    @Override
    protected Runner openRunner() {
      return new LocalRunner(Environment.ofCaller(), Duration.ofSeconds(1));
    }
  }

  /** The texts of all files but torc's own, by path; long runs of one character are shortened. */
  private static SortedMap<String, String> files(Path root) throws IOException {
    SortedMap<String, String> files = FilesBelow.made(root, StandardCharsets.ISO_8859_1);
    files.replaceAll(
        (_, text) -> RUN.matcher(text).replaceAll(run -> run.group(1) + "*" + run.end()));
    return files;
  }

  /** What a build from scratch makes of the sources that are there. */
  private static SortedMap<String, String> right(Path root) throws IOException {
    String sources =
        Files.readString(root.resolve("x")) + "|" + Files.readString(root.resolve("y"));
    SortedMap<String, String> known = RIGHT.get(sources);
    if (known == null) {
      Path fresh = Files.createTempDirectory(temp.toRealPath(), "fresh");
      for (String source : List.of("torc.yaml", "x", "y")) {
        Files.copy(root.resolve(source), fresh.resolve(source));
      }
      builds(new Next(new Traced(fresh, null, null), "", Map.of()));
      known = files(fresh);
      RIGHT.put(sources, known);
    }
    return known;
  }

  private static void builds(Next torc) {
    torc.build();
    assertEquals(0, torc.exit, () -> torc.notes().toString());
  }

  /**
   * What must be there after the cut: a transaction of the database, or as many bytes of the
   * journal as were synced when the database last told of it. (Bytes that a killed torc left behind
   * these count as long as they are there.)
   *
   * @param all the inodes that had the file's name, in this order
   * @param inode the file that must be there; null if none has to
   */
  private record Promise(List<Inode> all, Inode inode, long number) {

    static Promise of(Traced traced, int cut) {
      String file = traced.records().toString();
      List<Inode> all = new ArrayList<>();
      all.add(traced.trace.begin().get(file));
      Map<Inode, Long> lengths = new HashMap<>();
      Map<Inode, Long> synced = new HashMap<>();
      Promise last = new Promise(all, all.getFirst(), 0);
      for (Op op : traced.trace.ops().subList(0, cut)) {
        Inode now = all.getLast();
        switch (op) {
          case Name name when file.equals(name.to()) -> all.add(name.inode());
          case Name name when file.equals(name.from()) -> all.add(null);
          case Bytes meta when meta.lasts() && traced.cache != null ->
              last = new Promise(all, now, synced.getOrDefault(now, 0L));
          case Bytes meta when meta.lasts() && meta.inode() == now -> {
            ByteBuffer bytes = ByteBuffer.wrap(meta.bytes()).order(ByteOrder.nativeOrder());
            last = new Promise(all, now, bytes.getLong(meta.bytes().length - Long.BYTES));
          }
          case Bytes bytes ->
              lengths.merge(bytes.inode(), bytes.at() + bytes.bytes().length, Math::max);
          case Sync sync -> synced.put(sync.inode(), lengths.getOrDefault(sync.inode(), 0L));
          default -> {}
        }
      }
      return last;
    }
  }

  /** Asserts that the promise is kept; if torc {@code lacks} syncs, bad pages may end a process. */
  private static void lasts(Traced traced, CutDisk disk, int cut, boolean lacks)
      throws IOException {
    Promise promise = Promise.of(traced, cut);
    Path file = traced.records();
    Inode now = disk.at(file);
    boolean older = promise.all.indexOf(now) < promise.all.indexOf(promise.inode);
    assertFalse(promise.inode != null && older, "an older " + file);
    long wanted = now == promise.inode ? promise.number : 0;
    if (now != null && promise.inode != null) {
      long there = traced.cache == null ? PowerLoss.commit(file, !lacks) : PowerLoss.length(file);
      assertTrue(there >= wanted, there + " of " + wanted + " in " + file);
    }
  }

  /** Asserts that the next build is right, and at times one after an edit with a known result. */
  private static void nextIsRight(Next torc, Set<Path> removed, Random random) throws IOException {
    PowerLoss.recover(torc.place(), random.nextBoolean());
    boolean mine = hasMine(torc.root);
    builds(torc);
    isRight(torc, removed);
    assertEquals(mine, hasMine(torc.root), "what the user wrote");
    if (random.nextBoolean()) {
      torc.edit("x", (torc.read("x").startsWith("1") ? "2" : "1").repeat(LENGTH));
      builds(torc);
      isRight(torc, removed);
    }
  }

  /**
   * Asserts that all products are right. One whose removal was lost is no longer known as torc's
   * and may stay: one of a glob that no job makes now, or a temporary one, which must be right too.
   */
  private static void isRight(Next torc, Set<Path> removed) throws IOException {
    SortedMap<String, String> now = files(torc.root);
    if (now.remove("t.out") != null) {
      assertEquals(torc.read("y").repeat(2), torc.read("t.out"));
    }
    SortedMap<String, String> right = right(torc.root);
    now.keySet().removeIf(f -> !right.containsKey(f) && removed.contains(torc.root.resolve(f)));
    assertEquals(right, now, () -> "ran " + torc.started() + " " + torc.notes());
  }

  private static Set<Path> removed(Traced traced, int cut) {
    Set<Path> removed = new HashSet<>();
    for (Op op : traced.trace.ops().subList(0, cut)) {
      if (op instanceof Name name && name.from() != null) {
        removed.add(Path.of(name.from()));
      }
    }
    return removed;
  }

  private static boolean hasMine(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) == MINE.length() && Files.readString(file).equals(MINE)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void theNextBuildIsRight() throws Exception {
    long seed = Sample.SEED;
    for (int i = 0; i < CUTS; i++) {
      Random random = new Random(new SplittableRandom(seed + i).nextLong());
      Traced traced = random.nextBoolean() ? alone : shared;
      int cut = cut(traced, random);
      Lost lost = Lost.values()[random.nextInt(Lost.values().length)];
      CutDisk disk = CutDisk.at(traced.trace, cut, lost, random);
      try {
        Next torc = new Next(traced, "the next", disk.restore());
        lasts(traced, disk, cut, false);
        nextIsRight(torc, removed(traced, cut), random);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Dtorc.seed=%d: after %d steps, %s lost, %s".formatted(seed + i, cut, lost, traced),
            e);
      }
    }
  }

  /** Any step; every other time just before an edit of x: no build runs, and most is unsynced. */
  private static int cut(Traced traced, Random random) {
    List<Op> ops = traced.trace.ops();
    int cut = random.nextInt(ops.size() + 1);
    Inode source = traced.trace.begin().get(traced.root.resolve("x").toString());
    boolean between = random.nextBoolean();
    while (between
        && cut < ops.size()
        && !(ops.get(cut) instanceof Size s && s.inode() == source)) {
      cut++;
    }
    return cut;
  }

  /** The syncs of files with a name, in any folder. */
  private static Set<Op> syncs(DiskTrace trace, String called) {
    Set<Inode> so = new HashSet<>();
    Set<Op> syncs = new HashSet<>();
    trace.begin().forEach((path, inode) -> called(path, called, inode, so));
    for (Op op : trace.ops()) {
      if (op instanceof Name name) {
        so.remove(name.inode());
        called(name.to(), called, name.inode(), so);
      } else if (op instanceof Sync && so.contains(op.inode())) {
        syncs.add(op);
      }
    }
    assertFalse(syncs.isEmpty(), called);
    return syncs;
  }

  private static void called(String path, String name, Inode inode, Set<Inode> so) {
    if (path != null && path.endsWith("/" + name)) {
      so.add(inode);
    }
  }

  /** Asserts that lacking these syncs shows, if all is lost just before a sync after the first. */
  private static void isCaught(Traced traced, Set<Op> lacking) throws Exception {
    DiskTrace lacks = traced.trace.without(lacking);
    int tries = 0;
    boolean follows = false;
    for (int cut = 0; cut < lacks.ops().size() && tries < TRIES; cut++) {
      Op op = traced.trace.ops().get(cut);
      if (follows && (op instanceof Sync || op instanceof Bytes bytes && bytes.lasts())) {
        tries++;
        CutDisk disk = CutDisk.at(lacks, cut, Lost.ALL, new Random(0));
        disk.restore();
        try {
          lasts(traced, disk, cut, true);
        } catch (IOException | AssertionError caught) {
          return;
        }
      }
      follows |= lacking.contains(op);
    }
    throw new AssertionError("not caught in " + tries + " disks");
  }

  @Test
  void aSyncThatIsMissingIsCaught() throws Exception {
    Set<Op> metas = new HashSet<>(alone.trace.ops());
    metas.removeIf(op -> !(op instanceof Bytes bytes && bytes.lasts()));
    isCaught(alone, metas);
    isCaught(alone, syncs(alone.trace, "data.mdb"));
    isCaught(alone, syncs(alone.trace, "data.mdb.new"));
    isCaught(alone, syncs(alone.trace, ".torc"));
    isCaught(shared, syncs(shared.trace, "journal"));
    isCaught(shared, syncs(shared.trace, "journal.new"));
    isCaught(shared, syncs(shared.trace, ".torc"));
  }

  /** Files may lose bytes and keep their stamps, which torc must not believe after a new boot. */
  @Test
  void aBuildThatDidNotKnowOfTheNewBootWouldBeWrong() {
    assertThrows(
        AssertionError.class,
        () -> {
          for (int i = 0; i < TRIES; i++) {
            Random random = new Random(new SplittableRandom(i).nextLong());
            int cut = cut(alone, random);
            CutDisk disk = CutDisk.at(alone.trace, cut, Lost.FILES, random);
            Next torc = new Next(alone, ThisHost.system().boot(), disk.restore());
            nextIsRight(torc, removed(alone, cut), random);
          }
        });
  }
}
