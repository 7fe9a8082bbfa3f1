package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.ask.Call;
import dev.torc.hash.Digest;
import dev.torc.posix.FileTree;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.Dying;
import dev.torc.records.StartMarks;
import dev.torc.records.Unclosed;
import dev.torc.results.KeptResults;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 11 of the contract, the local store: what is known of before is put back, and not run.
 */
class Section11StoreTest extends Harness {

  private Runnable commits; // called before each commit; null for nothing

  @Override
  Cache openCache(CachePlace place) {
    return commits == null ? super.openCache(place) : Dying.open(place, commits);
  }

  @BeforeEach
  void restoring() {
    restores = true;
  }

  private List<String> store() throws IOException {
    Path store = root.resolve(".torc/store");
    if (!Files.exists(store)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(store)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private void chain() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out, dir/] }
        c: { command: make c, needs: [{job: b}], produces: ['c/*.o'] }
        """);
    job(
        "b",
        stub -> {
          stub.write("b.out", "b of " + Files.readString(stub.root().resolve("a.out")));
          Files.createDirectories(stub.root().resolve("dir/in"));
          stub.write("dir/in/deep", "d of " + Files.readString(stub.root().resolve("a.out")));
          return stub.exit(0);
        });
    job(
        "c",
        stub -> {
          stub.write("c/1.o", "c of " + Files.readString(stub.root().resolve("b.out")));
          stub.write("c/2.o", "the same");
          return stub.exit(0);
        });
  }

  @Test
  void aBranchSwitchedThereAndBackRunsNothing() throws IOException {
    chain();
    edit("x", "1");
    build().ran("a", "b", "c");
    TreeMap<String, String> then = contents();
    edit("x", "2");
    build().ran("a", "b", "c");
    TreeMap<String, String> other = contents();
    edit("x", "1");
    assertEquals("restored: need changed x", look().get("a"));
    build().ran();
    restored("a", "b", "c");
    assertEquals(then, contents());
    settled();
    edit("x", "2");
    build().ran();
    restored("a", "b", "c");
    assertEquals(other, contents());
    settled();
  }

  private TreeMap<String, String> contents() throws IOException {
    TreeMap<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        String name = root.relativize(each).toString();
        if (Files.isRegularFile(each) && !name.startsWith(".torc") && !name.equals("x")) {
          all.put(name, Files.readString(each));
        }
      }
    }
    return all;
  }

  @Test
  void aDryRunDecidesReadersByWhatWillBePutBack() throws IOException {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, needs: [a.out, y], produces: [c.out] }
        d: { command: make d, needs: [{ job: a }], produces: [d.out], after: [c] }
        """);
    edit("y", "1");
    edit("x", "1");
    build("b");
    edit("x", "2");
    build();
    edit("x", "1");
    assertTrue(look().get("a").startsWith("restored: "), look().toString());
    assertTrue(look().get("b").startsWith("restored: need changed a.out"), look().toString());
    assertEquals("may run: a", look().get("c"), "it never ran with that");
    assertEquals("may run: a", look().get("d"));
    assertEquals(look(), look(), "looking changes nothing");
    edit("y", "2");
    assertEquals("will run: need changed a.out; need changed y", look().get("c"), "its own reason");
    build().ran("c", "d");
  }

  @Test
  void resultsOfTheSameBytesAreAllKept() throws IOException {
    job(
        "a",
        stub -> {
          stub.write("a.out", "always the same");
          return stub.exit(0);
        });
    for (int round = 0; round < 3; round++) {
      for (String command : List.of("cat", "cat -u")) {
        given("a: { command: '%s', needs: [x], produces: [a.out] }".formatted(command));
        edit("x", "1");
        build();
        if (round == 0) {
          ran("a");
        } else {
          restored("a");
        }
      }
    }
  }

  @Test
  void whatStandsAlreadyIsNotMoved() throws IOException {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    job(
        "a",
        stub -> {
          stub.write("a.out", "always the same");
          return stub.exit(0);
        });
    edit("x", "1");
    build();
    edit("x", "2");
    build().ran("a");
    assertEquals(List.of(), store(), "what a run made again with the same bytes leaves the store");
    edit("x", "1");
    long inode = stamps.stamp(root.resolve("a.out")).inode();
    build().ran();
    restored("a");
    assertEquals(inode, stamps.stamp(root.resolve("a.out")).inode());
    settled();
  }

  @Test
  void aRenamedJobRunsNothing() throws IOException {
    given("a: { command: make it, needs: [x], produces: [out] }");
    edit("x", "1");
    build().ran("a");
    for (String name : List.of("b", "c")) {
      given(name + ": { command: make it, needs: [x], produces: [out] }");
      assertEquals(name + " will be restored from build 1 (job a): never ran", why(this, name));
      build().ran();
      restored(name);
      settled();
      assertTrue(why(this, name).contains(" from build 1 (job a) because"), why(this, name));
    }
  }

  /** The first line of {@code why}. */
  static String why(Harness of, String job) throws IOException {
    StringWriter out = new StringWriter();
    of.call(out, new StringWriter(), "why", new Call.Given("JOB|FILE", job)).answer();
    return out.toString().lines().findFirst().get();
  }

  /**
   * What no job declares makes way for a job that reads its folder; a restored one reads nothing.
   */
  @Test
  void aStaleProductStandsWhereItsReaderIsRestored() {
    String reader = "s: { command: make s, needs: ['g/*.o'], produces: [s.f] }";
    String both = reader + "\na: { command: make a, needs: [x], produces: [g/a.o] }";
    edit("x", "1");
    edit("g/z.o", "1");
    given(reader);
    build().ran("s");
    given(both);
    build().ran("a", "s");
    given(reader);
    build().ran();
    restored("s");
    assertTrue(exists("g/a.o"));
    settled();
    given(both);
    build().ran();
    restored("s");
    assertEquals(JobState.UP_TO_DATE, state("a"));
    settled();
  }

  @Test
  void aProductTaken() throws IOException {
    given("a: { command: one, needs: [x], produces: [out] }");
    edit("x", "1");
    build().ran("a");
    given("b: { command: two, needs: [x], produces: [out] }");
    build().ran("b");
    given("a: { command: one, needs: [x], produces: [out] }");
    build().ran();
    restored("a");
    settled();
  }

  @Test
  void dataAndFoundNeedsComeBackWithTheProducts() throws IOException {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.o], depfile: a.d }
        b: { command: 'use {data.a.v}', produces: [b.out] }
        """);
    job(
        "a",
        stub -> {
          String x = Files.readString(stub.root().resolve("x"));
          stub.write("a.o", x);
          stub.write("a.d", x.equals("1") ? "a.o: x h1\n" : "a.o: x h2\n");
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "v=" + x + "\n");
          return stub.exit(0);
        });
    edit("x", "1");
    edit("h1", "1");
    edit("h2", "1");
    build().ran("a", "b");
    edit("x", "2");
    build().ran("a", "b");
    edit("x", "1");
    build().ran();
    restored("a", "b");
    assertEquals("a.o: x h1\n", read("a.d"));
    settled();
    edit("h2", "2");
    build().ran();
    restored();
    edit("h1", "2");
    build().ran("a");
    edit("h1", "1");
    build().ran();
    restored("a");
    settled();
  }

  @Test
  void noPriorFailureAlwaysForcedPersistOrUncached() throws IOException {
    given(
        """
        a: { command: a, needs: [x], produces: [a.out] }
        b: { command: b, needs: [x], produces: [b.out], always: true }
        c: { command: c, needs: [x], produces: [c.out], persist: true }
        d: { command: d, needs: [x], produces: [d.out], cache: false }
        e: { command: e, needs: [x] }
        f: { command: f, needs: [x], cache: true }
        """);
    edit("x", "1");
    build();
    failing("a");
    edit("x", "2");
    build().ran("a", "b", "c", "d", "e", "f");
    usual("a");
    edit("x", "1");
    build().ran("a", "b", "c", "d", "e");
    restored("f");
    edit("x", "1");
    force = true;
    build().ran("a", "b", "c", "d", "e", "f");
    force = false;
    restores = false;
    edit("x", "2");
    build().ran("a", "b", "c", "d", "e", "f");
  }

  @Test
  void aJobThatStoresValuesOnlyIsRestored() throws IOException {
    given(
        """
        train: { command: make train, needs: [x] }
        bare: { command: make bare, needs: [x] }
        use: { command: make use, needs: [{ data: train.loss }], produces: [use.out] }
        """);
    job(
        "train",
        stub -> {
          Path values = Path.of(stub.env("TORC_OUTPUT"));
          Files.writeString(values, "loss=" + Files.readString(stub.root().resolve("x")) + "\n");
          return stub.exit(0);
        });
    edit("x", "0.1");
    build().ran("train", "bare", "use");
    edit("x", "0.2");
    build().ran("train", "bare", "use");
    edit("x", "0.1");
    assertEquals("restored: need changed x", look().get("train"));
    build().ran("bare");
    restored("train", "use");
    try (Cache cache = Cache.look(place(), _ -> {})) {
      assertEquals("0.1", cache.data("train").getFirst().text());
    }
    settled();
  }

  private void twoStates(String products) throws IOException {
    given("a: { command: a, needs: [x], produces: [" + products + "] }");
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    edit("x", "1");
  }

  private static void fifo(Path path) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
  }

  /** To open it would wait for ever. */
  @Test
  @Timeout(60)
  void whatIsNoPlainFileInTheStoreIsAMiss() throws Exception {
    twoStates("a.out");
    Path stored = root.resolve(".torc/store").resolve(store().getFirst());
    Files.delete(stored);
    fifo(stored);
    build().ran("a");
    edit("x", "2");
    build().ran();
    restored("a");
    edit("x", "1");
    build().ran(); // what was moved there took the place of the FIFO
    restored("a");
    settled();
  }

  @Test
  @Timeout(60)
  void whatIsNoPlainFileInAStoredFolderIsAMiss() throws Exception {
    job(
        "a",
        stub -> {
          Files.createDirectories(stub.root().resolve("d"));
          stub.write("d/file", Files.readString(stub.root().resolve("x")));
          return stub.exit(0);
        });
    twoStates("d/");
    fifo(root.resolve(".torc/store").resolve(store().getFirst()).resolve("fifo"));
    build().ran("a");
    settled();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStoreThatIsNoFolderIsNone(boolean isLink) throws IOException {
    given("a: { command: a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    Path store = root.resolve(".torc/store");
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    if (isLink) {
      Files.createSymbolicLink(store, elsewhere);
    } else {
      Files.writeString(store, "mine");
    }
    edit("x", "2");
    build().ran("a");
    said(".torc/store is no folder");
    assertEquals(0, exit);
    edit("x", "1");
    build().ran("a");
    assertEquals(0, exit);
    assertTrue(isLink ? Files.list(elsewhere).findAny().isEmpty() : exists(".torc/store"));
  }

  @Test
  void keepNothing() throws IOException {
    givenFile("stores: {keep: 0}\njobs: {a: { command: a, needs: [x], produces: [a.out] }}");
    edit("x", "1");
    build().ran("a");
    edit("x", "2");
    build().ran("a");
    edit("x", "1");
    build().ran("a");
    assertFalse(exists(".torc/store"));
  }

  @Test
  void whatIsSoundOfASpoiltResultStaysAndTheRestIsNotAskedForAgain() throws IOException {
    given("a: { command: make a, needs: [x], produces: [one, two] }");
    job(
        "a",
        stub -> {
          String x = Files.readString(stub.root().resolve("x"));
          stub.write("one", "one of " + x);
          stub.write("two", "two of " + x);
          return stub.exit(0);
        });
    for (String state : List.of("1", "2")) {
      edit("x", state);
      build().ran("a");
    }
    Path store = root.resolve(".torc/store");
    Path one = store.resolve("f" + Digest.ofText("one of 1").hex());
    Path two = store.resolve("f" + Digest.ofText("two of 1").hex());
    Files.writeString(two, "spoilt");
    edit("x", "1");
    build().ran("a");
    assertFalse(Files.exists(two));
    edit("x", "2");
    build().ran();
    restored("a");
    Path other = store.resolve("f" + Digest.ofText("two of 1").hex());
    Files.writeString(other, "spoilt");
    edit("x", "1");
    job("a", stub -> stub.exit(1));
    build().ran("a");
    assertEquals("one of 1", Files.readString(one));
    assertFalse(Files.exists(other));
  }

  @Test
  void aSpoiltProductIsNeverRestored() throws IOException {
    chain();
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    for (String name : store()) {
      Path file = root.resolve(".torc/store").resolve(name);
      if (Files.isRegularFile(file)) {
        Files.writeString(file, "spoilt");
      } else {
        Files.writeString(file.resolve("in/deep"), "spoilt");
      }
    }
    edit("x", "1");
    build().ran("a", "b", "c");
    restored();
    assertEquals("b of " + read("a.out"), read("b.out"));
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void aResultWhoseLogIsGoneIsNoneWhereTheLogBelongsToIt() throws IOException {
    given("a: { command: make a, needs: [x], produces: [y], output: always }");
    job(
        "a",
        stub -> {
          String x = Files.readString(stub.root().resolve("x"));
          stub.write("y", "y of " + x);
          Files.writeString(stub.launch().log(), "said " + x);
          return stub.exit(0);
        });
    for (String x : List.of("1", "2", "1")) {
      edit("x", x);
      build();
    }
    restored("a");
    assertEquals("said 1", Files.readString(new JobFiles(place(), "a").log()));
    delete(".torc/store/f" + Digest.ofText("said 2").hex());
    edit("x", "2");
    build().ran("a");
    assertEquals("said 2", Files.readString(new JobFiles(place(), "a").log()));
  }

  @Test
  void whatIsNotThereAnyMoreIsMade() throws IOException {
    chain();
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    for (String name : store()) {
      if (name.startsWith("d")) {
        Files.walk(root.resolve(".torc/store").resolve(name))
            .sorted((a, b) -> b.compareTo(a))
            .forEach(each -> each.toFile().delete());
      }
    }
    edit("x", "1");
    build().ran("b");
    restored("a", "c");
    settled();
  }

  @Test
  void usersFilesStayTheirs() throws IOException {
    chain();
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    edit("b.out", "mine");
    edit("c/mine.o", "mine");
    edit("x", "1");
    build().ran();
    restored("a", "b", "c");
    assertEquals(List.of("b.out", "c/mine.o"), kept());
    settled();
  }

  @Test
  void ofTwoThatAreAlikeEachKeepsItsOwn() throws IOException {
    given(
        """
        a: { command: a, needs: [x], produces: [a.out] }
        b: { command: b, needs: [x], produces: [b.out] }
        """);
    for (String job : List.of("a", "b")) {
      job(
          job,
          stub -> {
            stub.write(job + ".out", "alike " + Files.readString(stub.root().resolve("x")));
            return stub.exit(0);
          });
    }
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    assertEquals(1, store().size(), "the same bytes are there once");
    edit("x", "1");
    build().ran();
    restored("a", "b");
    assertEquals("alike 1", read("a.out"));
    assertEquals("alike 1", read("b.out"));
    settled();
  }

  @Test
  void aFileWithAnotherNameIsNeverStored() throws IOException {
    given("a: { command: a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    Files.createLink(root.resolve("other"), root.resolve("a.out"));
    edit("x", "2");
    build().ran("a");
    assertEquals(List.of(), store());
    edit("x", "1");
    build().ran("a");
  }

  @Test
  void linksComeBackAsLinks() throws IOException {
    given("a: { command: a, needs: [x], produces: [lib.so, lib.so.1] }");
    job(
        "a",
        stub -> {
          stub.write("lib.so.1", Files.readString(stub.root().resolve("x")));
          Files.createSymbolicLink(stub.root().resolve("lib.so"), Path.of("lib.so.1"));
          return stub.exit(0);
        });
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    edit("x", "1");
    build().ran();
    restored("a");
    assertEquals("lib.so.1", Files.readSymbolicLink(root.resolve("lib.so")).toString());
    assertEquals("1", read("lib.so"));
    settled();
  }

  @Test
  void aTemporaryJobNeedsNoBytes() throws IOException {
    given(
        """
        t: { command: t, needs: [x], produces: [t.out], temporary: true }
        r: { command: r, needs: [t.out], produces: [r.out] }
        """);
    edit("x", "1");
    build().ran("t", "r");
    edit("x", "2");
    build().ran("t", "r");
    delete("t.out");
    for (String name : store()) {
      String text = Files.readString(root.resolve(".torc/store").resolve(name));
      if (!text.contains("r")) {
        Files.delete(root.resolve(".torc/store").resolve(name));
      }
    }
    edit("x", "1");
    build();
    assertFalse(started().contains("r"), started().toString());
    settled();
  }

  @Test
  void whatACutOffRestorePlacedIsTorcsAndItIsNoFailure() throws IOException {
    given("a: { command: make a, needs: [x], produces: [a.out] }");
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    List<Digest> known = new ArrayList<>();
    try (Cache cache = openCache(place())) {
      new KeptResults(cache, 0, false).each(each -> known.add(each.key()));
      StartMarks.Mark mark = new StartMarks.Mark("killed", "a", 0).restoring(known.getFirst());
      try (StartMarks marks = StartMarks.begin(cache.place(), List.of())) {
        marks.add(mark);
      }
    }
    Files.delete(root.resolve("a.out"));
    Files.move(root.resolve(".torc/store").resolve(store().getFirst()), root.resolve("a.out"));
    edit("x", "1");
    assertTrue(look().get("a").startsWith("will run: need changed x"), look().toString());
    build().ran();
    restored("a");
    assertEquals(List.of(), kept());
    settled();
  }

  /**
   * The result is the one that the job has itself, the bytes were kept for another one: a copy is
   * taken before each commit while a temporary product stands, and built from.
   */
  @Test
  void killedAtAnyCommitItLosesNoTemporaryProduct(@TempDir Path aside) throws Exception {
    given(
        """
        s: { command: cat x, needs: [x], produces: [s.f] }
        t: { command: cat y, needs: [y], produces: [t.f], temporary: delete }
        r: { command: make r, needs: [t.f, x], produces: [r.f] }
        """);
    for (String job : List.of("s", "t")) {
      job(
          job,
          stub -> {
            stub.write(job + ".f", stub.read(job.equals("s") ? "x" : "y"));
            return stub.exit(0);
          });
    }
    edit("x", "1");
    edit("y", "1");
    build().ran("s", "t", "r");
    edit("x", "2");
    build("s").ran("s"); // what it had made is what t makes
    List<Path> copies = new ArrayList<>();
    commits =
        () -> {
          if (exists("t.f")) {
            copies.add(aside.resolve("" + copies.size()));
            copy(root, copies.getLast());
          }
        };
    build().ran("r");
    restored("t");
    commits = null;
    assertFalse(copies.isEmpty());
    for (Path copy : copies) {
      FileTree.remove(root);
      copy(copy, root);
      Unclosed.recover(root);
      build();
      assertFalse(exists("t.f"), () -> copy + ": " + notes());
      assertFalse(kept().contains("t.f"));
      settled();
    }
  }

  /**
   * By another process: LMDB allows no other use of its files in this one. A file that another
   * thread takes away meanwhile is not in the copy.
   */
  private static void copy(Path from, Path to) {
    try {
      Process cp = new ProcessBuilder("cp", "-a", "" + from, "" + to).start();
      String gone = "(?m)^cp: .*: No such file or directory\\R?";
      assertEquals("", new String(cp.getErrorStream().readAllBytes()).replaceAll(gone, ""));
      cp.waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void instancesThatComeAndGo() throws IOException {
    String jobs =
        "g: { parameters: { s: [%s] }, command: 'g {s}', needs: [x], produces: ['{s}.o'] }";
    given(jobs.formatted("1, 2"));
    edit("x", "1");
    build().ran("g/s=1", "g/s=2");
    given(jobs.formatted("1"));
    build().ran();
    given(jobs.formatted("1, 2"));
    build().ran();
    edit("x", "2");
    build().ran("g/s=1", "g/s=2");
    given(jobs.formatted("2"));
    edit("x", "1");
    build().ran();
    restored("g/s=2");
  }

  /** A store of 4000 bytes, and a job whose product is so many times its need. */
  private void givenBound(int times) throws IOException {
    givenFile("stores: {keep: 4000B}\njobs: {a: { command: a, needs: [x], produces: [a.out] }}");
    job(
        "a",
        stub -> {
          stub.write("a.out", Files.readString(stub.root().resolve("x")).repeat(times));
          return stub.exit(0);
        });
  }

  @Test
  void theBoundIsHeldAndTheOldestGoFirst() throws IOException {
    givenBound(900);
    for (int i = 1; i <= 7; i++) {
      edit("x", "" + i);
      build().ran("a");
    }
    assertEquals(4, store().size());
    edit("x", "6");
    build().ran();
    restored("a");
    edit("x", "1");
    build().ran("a");
  }

  @Test
  void whatPassesTheBoundMakesRoomForMoreThanItselfAndSparesWhatIsWanted() throws IOException {
    givenBound(25);
    for (int i = 0; i <= 40; i++) {
      edit("x", "" + (1000 + i)); // 100 bytes each
      build().ran("a");
    }
    assertEquals(40, store().size());
    edit("x", "2000");
    build().ran("a");
    assertEquals((4000 - 4000 / 16) / 100, store().size());
    for (int i = 1001; i <= 1003; i++) { // the oldest are gone, and no others
      edit("x", "" + i);
      build().ran("a");
    }
    edit("x", "1004"); // now the oldest, and what is cleared for it needs room
    build().ran();
    restored("a");
  }

  @Test
  void theNamesThatADepfileGaveGoWithTheLastResultOfTheirKey() throws IOException {
    givenFile(
        """
        stores: {keep: 4000B}
        jobs: {a: { command: a, needs: [x], produces: [a.out], depfile: a.d }}
        """);
    job(
        "a",
        stub -> {
          String x = Files.readString(stub.root().resolve("x"));
          stub.write("a.out", (x + Files.readString(stub.root().resolve("h"))).repeat(300));
          stub.write("a.d", "a.out: x h\n");
          return stub.exit(0);
        });
    Set<Digest> ever = new HashSet<>();
    Set<Digest> now = Set.of();
    for (int i = 1; i <= 9; i++) {
      edit("x", "" + i / 2);
      edit("h", "" + i % 2);
      build().ran("a");
      try (Cache cache = openCache(place())) {
        KeptResults stored = new KeptResults(cache, 0, false);
        Set<Digest> firsts = new HashSet<>();
        stored.each(each -> firsts.add(each.first()));
        ever.addAll(firsts);
        now = firsts;
        for (Digest first : ever) {
          assertEquals(firsts.contains(first), !stored.names(first).isEmpty());
        }
      }
    }
    assertTrue(now.size() < ever.size(), ever.size() + " of " + now.size());
  }

  @Test
  void oneThatIsTooLargeIsNotKept() throws IOException {
    givenFile("stores: {keep: 4000B}\njobs: {a: { command: a, needs: [x], produces: [a.out] }}");
    job(
        "a",
        stub -> {
          stub.write("a.out", "x".repeat(1001));
          return stub.exit(0);
        });
    edit("x", "1");
    build();
    edit("x", "2");
    build();
    assertEquals(List.of(), store());
  }
}
