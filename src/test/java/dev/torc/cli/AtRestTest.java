package dev.torc.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build left at rest is up to date without a word, and never anything else. */
class AtRestTest {

  private static final String DONE = "3 jobs: 0 ran, 3 up to date, 0 failed";

  @TempDir Path temp;
  private Folder folder;
  private int touches;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(temp.toRealPath());
  }

  private Path rest() {
    return folder.at().resolve(".torc/rest");
  }

  private Stamp restStamp() throws IOException {
    return StampSource.of(FileSystems.getDefault()).stamp(rest());
  }

  /** Gives files other stamps: by their times, or by copies in their place. */
  private void touch(String... paths) throws IOException {
    for (String path : paths) {
      Path file = folder.at().resolve(path);
      Path copy = folder.at().resolve(path + ".copy");
      Files.copy(file, copy);
      Files.setLastModifiedTime(copy, FileTime.fromMillis(1_000_000L + ++touches));
      Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void aBuildInWhichNothingMovedOpensNoDatabase() throws IOException {
    folder.chain();
    folder.settle();
    assertTrue(folder.opensNothing());
    assertTrue(folder.run().err().startsWith(DONE));
  }

  @Test
  void whatWasAdoptedIsAtRest() throws IOException {
    folder.chain().put("b.txt", "one\n").put("c.txt", "other\n").put("d.txt", "other\n");
    folder.window();
    assertEquals(0, folder.run("adopt", "first", "second", "third").exit());
    assertTrue(folder.opensNothing());
    assertTrue(folder.run().err().startsWith(DONE));
    folder.put("c.txt", "mine\n");
    Run run = folder.run();
    assertTrue(run.err().contains("3 jobs: 2 ran, 1 up to date"), run.err());
  }

  @Test
  void whatWasTouchedStaysAtRestAndIsRememberedSo() throws IOException {
    folder.chain();
    folder.settle();
    touch("a.txt", "c.txt", "d.txt");
    folder.window();
    Stamp before = restStamp();
    assertTrue(folder.opensNothing());
    Stamp after = restStamp();
    assertNotEquals(before, after, "the new stamps are kept");
    assertTrue(folder.opensNothing());
    assertEquals(after, restStamp(), "and nothing has to be read again");
    folder.put("a.txt", "two\n");
    Run run = folder.run();
    assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
    assertTrue(folder.run("why", "first").out().contains("need a.txt changed"));
  }

  /** No way around: neither what is at rest nor what was only touched is believed by its stamp. */
  @Test
  void whatSomebodyHasOpenForWritingIsNeverAtRest() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "leases are Linux's");
    assumeTrue(dev.torc.posix.FileSystems.networkKind(temp).isEmpty(), "no leases here");
    folder.chain();
    folder.settle();
    Path file = folder.at().resolve("a.txt");
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment old;
      try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
        old = channel.map(FileChannel.MapMode.READ_WRITE, 0, 3, memory);
      }
      old.set(ValueLayout.JAVA_BYTE, 0, (byte) 'o'); // the time moves, the bytes do not
      folder.window();
      assertTrue(folder.run().err().startsWith(DONE));
      for (String word : List.of("two", "six", "ten")) {
        MemorySegment.copy(word.getBytes(US_ASCII), 0, old, ValueLayout.JAVA_BYTE, 0, 3);
        Run run = folder.run();
        assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
        assertEquals(word + "\n", folder.get("d.txt"));
        folder.window();
        assertTrue(folder.run().err().startsWith(DONE));
      }
    }
    folder.window();
    folder.settle();
    assertTrue(folder.opensNothing());
  }

  @Test
  void whoOnlyLooksRemembersNothing() throws IOException {
    folder.chain();
    folder.settle();
    touch("a.txt", "d.txt");
    folder.window();
    Stamp before = restStamp();
    Stamp clock =
        StampSource.of(FileSystems.getDefault()).stamp(folder.at().resolve(".torc/clock"));
    assertTrue(folder.run("-n").err().contains("3 up to date"));
    assertTrue(folder.run("status").out().contains("up to date"));
    assertTrue(folder.run("why", "first").out().contains("up to date"));
    assertEquals(before, restStamp());
    assertEquals(
        clock, StampSource.of(FileSystems.getDefault()).stamp(folder.at().resolve(".torc/clock")));
    folder.put("a.txt", "two\n");
    assertTrue(folder.run("why", "first").out().contains("will run: need a.txt changed"));
  }

  /** What was touched beside an edit is not read again after it either. */
  @Test
  void besideAnEditTouchedFilesAreRememberedToo() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: cp s a, needs: s, produces: a }
          b: { command: cp t b, needs: [t, "in/*.txt"], produces: b }
        """);
    folder.put("s", "s").put("t", "t").put("in/x.txt", "x");
    folder.settle();
    touch("t", "b");
    folder.put("s", "S");
    folder.window();
    assertTrue(folder.run().err().contains("2 jobs: 1 ran, 1 up to date"));
    folder.window();
    folder.run(); // decides a once more, since its product was read within the racy window
    Stamp kept = restStamp();
    assertTrue(folder.opensNothing());
    assertEquals(kept, restStamp());
    touch("in/x.txt"); // its folder has another stamp too, so the glob is looked at
    assertTrue(folder.run().err().contains("2 jobs: 0 ran, 2 up to date"));
    folder.put("in/x.txt", "y");
    assertTrue(folder.run().err().contains("2 jobs: 1 ran, 1 up to date"));
  }

  /** What others run for takes the file away, and their digests must not go with it. */
  @Test
  void whoStayedAtRestBesideARunIsStillKnownByItsBytes() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: cp s a, needs: s, produces: a }
          b: { command: cp t b, needs: t, produces: b }
        """);
    folder.put("s", "s").put("t", "t");
    folder.settle();
    assertTrue(folder.run("build", "--force", "a").err().contains("1 job: 1 ran"));
    folder.settle();
    touch("s", "t", "a", "b");
    assertTrue(folder.opensNothing());
  }

  @Test
  void aMemberOfAGlobThatWasTouchedStaysAtRest() throws IOException {
    folder.put(
        "torc.yaml", "jobs: { all: { command: cat in/* > all, needs: 'in/*', produces: all } }");
    folder.put("in/a", "a").put("in/b", "b");
    folder.settle();
    Files.setLastModifiedTime(folder.at().resolve("in/a"), FileTime.fromMillis(1));
    assertTrue(folder.opensNothing());
    folder.put("in/a", "A");
    assertTrue(folder.run().err().contains("1 job: 1 ran"));
  }

  @Test
  void theModeOfASourceDecidesNothing() throws IOException {
    folder.chain();
    folder.settle();
    mode("a.txt", "rwxr-xr-x");
    mode("d.txt", "rw-------");
    assertTrue(folder.opensNothing());
    Files.delete(rest());
    assertTrue(folder.run().err().startsWith(DONE), "nor where all is looked at");
  }

  private void mode(String path, String mode) throws IOException {
    Files.setPosixFilePermissions(folder.at().resolve(path), PosixFilePermissions.fromString(mode));
  }

  @Test
  void rule5ProductsAreVerifiedByTheirExecutableBitToo() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          link: { command: 'cp a.txt bin; chmod 755 bin', needs: a.txt, produces: bin }
          use: { command: cp bin copy, needs: bin, produces: copy }
        """);
    folder.put("a.txt", "one\n");
    folder.settle();
    assertTrue(folder.opensNothing());
    mode("bin", "rwx------");
    assertTrue(folder.opensNothing());
    mode("bin", "rw-r--r--");
    Run why = folder.run("why", "link");
    assertTrue(why.out().contains("product bin altered: 2c8b08d executable → 2c8b08d"), why.out());
    assertTrue(folder.run().err().contains("2 jobs: 1 ran, 1 up to date"));
    assertTrue(Files.isExecutable(folder.at().resolve("bin")));
    folder.window();
    assertEquals(0, folder.run().exit());
    assertTrue(folder.opensNothing());
    mode("copy", "rw-r--r--");
    assertTrue(folder.run().err().contains("2 jobs: 1 ran, 1 up to date"));
  }

  /** What a job makes of another's product in the very build that made it is no rest. */
  @Test
  void rule5ABitThatAReaderChangedIsNotAtRest() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          make: { command: cp a.txt b.txt, needs: a.txt, produces: b.txt }
          late: { command: chmod u+x b.txt; sleep 0.1; touch late, produces: late, after: make }
        """);
    folder.put("a.txt", "one\n");
    assertEquals(0, folder.run().exit());
    folder.window();
    assertTrue(folder.run().err().contains("2 jobs: 1 ran, 1 up to date"));
    folder.window();
    assertTrue(folder.run().err().contains("2 jobs: 0 ran, 2 up to date"));
    // One that needs it is looked after, so that torc sees the other bit in the same build, and by
    // then the racy window has passed.
    folder.put("torc.yaml", folder.get("torc.yaml").replace("after: make", "needs: b.txt"));
    Run run = folder.run();
    assertTrue(run.err().contains("2 jobs: 1 ran, 1 up to date"), run.err());
    assertTrue(run.err().contains("need b.txt of job late moved while it ran"), run.err());
    folder.window();
    assertTrue(folder.run().err().contains(": product b.txt altered: "));
  }

  @Test
  void aLinkToTheSameBytesIsLookedAt() throws IOException {
    folder.chain();
    folder.settle();
    Path file = folder.at().resolve("a.txt");
    Files.move(file, temp.resolve("else"));
    Files.createSymbolicLink(file, temp.resolve("else"));
    assertFalse(folder.opensNothing());
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("d.txt"));
    Run run = folder.run();
    assertEquals(2, run.exit());
    assertTrue(
        run.err().contains("needs a.txt, which is d.txt, a product of job third"), run.err());
  }

  @Test
  void withoutTheDigestsTouchedFilesAreDecided() throws IOException {
    folder.chain();
    folder.settle();
    byte[] bytes = Files.readAllBytes(rest());
    bytes[bytes.length - 1] ^= 1;
    Files.write(rest(), bytes);
    assertTrue(folder.opensNothing());
    touch("a.txt");
    folder.window();
    assertFalse(folder.opensNothing());
    touch("a.txt");
    assertTrue(folder.opensNothing(), "written anew");
  }

  @Test
  void anEditCostsTheJobsBehindIt() throws IOException {
    folder.chain();
    folder.settle();
    folder.put("a.txt", "two\n");
    Run run = folder.run();
    assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
    assertEquals("two\n", folder.get("d.txt"));
    folder.settle();
    folder.put("d.txt", "mine");
    run = folder.run();
    assertTrue(run.err().contains("3 jobs: 1 ran, 2 up to date"), run.err());
  }

  @Test
  void aDeletedProductIsMadeAgain() throws IOException {
    folder.chain();
    folder.settle();
    Files.delete(folder.at().resolve("c.txt"));
    assertTrue(folder.run().err().contains("3 jobs: 1 ran, 2 up to date"));
    assertEquals("one\n", folder.get("c.txt"));
  }

  @Test
  void aMissingSourceIsTold() throws IOException {
    folder.chain();
    folder.settle();
    Files.delete(folder.at().resolve("a.txt"));
    Run run = folder.run();
    assertEquals(2, run.exit());
    assertTrue(run.err().contains("needs a.txt, which does not exist"), run.err());
  }

  @Test
  void forcedJobsRun() throws IOException {
    folder.chain();
    folder.settle();
    assertTrue(
        folder.run("build", "--force", "second").err().contains("2 jobs: 1 ran, 1 up to date"));
    assertTrue(folder.run("--force").err().contains("3 jobs: 3 ran"));
  }

  @Test
  void aFailedJobRunsAgain() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          bad: { command: "test ! -e bad", produces: [] }
          good: { command: echo > x, produces: x }
        """);
    folder.put("bad", "");
    assertEquals(1, folder.run().exit());
    assertEquals(1, folder.run().exit());
    assertTrue(folder.run().err().contains("2 jobs: 0 ran, 1 up to date, 1 failed"));
  }

  @Test
  void whatOnlyResultsTellIsDecidedEachTime() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          all: { command: cat in/*.txt > all.txt, needs: "in/*.txt", produces: all.txt }
          tree: { command: mkdir -p out && cp all.txt out/, needs: all.txt, produces: out/ }
          each: { command: "date > now", produces: now, always: true }
        """);
    folder.put("in/a.txt", "a\n");
    folder.settle();
    assertTrue(folder.run().err().contains("3 jobs: 1 ran, 2 up to date"));
    folder.put("in/b.txt", "b\n");
    assertTrue(folder.run().err().contains("3 jobs: 3 ran, 0 up to date"));
    assertEquals("a\nb\n", folder.get("all.txt"));
    folder.put("out/more.txt", "mine");
    assertTrue(folder.run().err().contains("3 jobs: 2 ran, 1 up to date"));
  }

  @Test
  void aGlobIsAtRestWithTheFoldersThatWereListedForIt() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          make: { command: cp s in/made.txt, needs: s, produces: in/made.txt }
          all: { command: cat in/*/*.txt in/*.txt > all, needs: "in/**/*.txt", produces: all }
        """);
    folder.put("s", "s").put("in/a.txt", "a").put("in/deep/b.txt", "b").put("in/deep/other", "");
    folder.settle();
    assertTrue(folder.opensNothing());
    assertTrue(changes("in/deep/c.txt", "c", 1)); // a name came
    assertTrue(changes("in/deep/b.txt", "B", 1)); // bytes did
    assertTrue(changes("s", "S", 2)); // its maker ran
    Files.delete(folder.at().resolve("in/deep/c.txt"));
    assertTrue(folder.run().err().contains("2 jobs: 1 ran"));
    folder.settle();
    Files.createDirectory(folder.at().resolve("in/new")); // a folder to be listed came
    assertTrue(folder.run().err().contains("2 jobs: 0 ran"));
    assertTrue(changes("in/new/d.txt", "d", 1));
    assertTrue(changes("in/deep/other", "x", 0)); // it does not match
    assertTrue(folder.opensNothing());
  }

  private boolean changes(String path, String text, int jobs) throws IOException {
    folder.put(path, text);
    String said = folder.run().err();
    folder.settle();
    return said.contains("2 jobs: " + jobs + " ran");
  }

  /** What it leads to can come without a trace in any folder that was listed. */
  @Test
  void aLinkThatLeadsNowhereLetsNoGlobRest() throws IOException {
    folder.put(
        "torc.yaml", "jobs: { all: { command: cat in/* > all, needs: 'in/*', produces: all } }");
    folder.put("in/a", "a").put("else/where", "");
    Files.createSymbolicLink(folder.at().resolve("in/b"), Path.of("../else/later"));
    folder.run();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat in/*", "cat in/a"));
    folder.settle();
    folder.put("else/later", "b");
    assertTrue(folder.run().err().contains("1 job: 1 ran"));
  }

  @Test
  void aValueDecidesThoughNoFileMoved() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          tell: { command: 'echo "v=$(cat v)" >> "$TORC_OUTPUT"', needs: v }
          use: { command: "echo {data.tell.v} > u", produces: u }
          other: { command: cp u w, needs: u, produces: w }
        """);
    folder.put("v", "1");
    folder.settle();
    folder.put("v", "2");
    assertEquals(0, folder.run("build", "tell").exit());
    assertEquals(0, folder.run().exit());
    assertEquals("2\n", folder.get("w"));
  }

  /** A depfile adds no edge, so the job that makes what it names may run unseen. */
  @Test
  void whatADepfileNamesIsSeenThoughNoEdgeLeadsThere() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          header: { command: cp h.in h.h, needs: h.in, produces: h.h }
          between: { command: echo > b, after: header, produces: b }
          object:
            command: 'cat h.h > o && echo "o: h.h" > o.d'
            needs: b
            produces: o
            depfile: o.d
        """);
    folder.put("h.in", "1");
    folder.settle();
    folder.put("h.in", "2");
    assertEquals(0, folder.run().exit());
    assertEquals("2", folder.get("o"));
  }

  @Test
  void theCallersDeclaredVariablesCount() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: 'echo $CC > a', env: { CC: }, produces: a } }");
    folder.settle();
    assertTrue(call(Map.of()).contains("1 job: 0 ran"));
    assertTrue(call(Map.of("CC", "one")).contains("1 job: 1 ran"));
    assertTrue(call(Map.of("CC", "one")).contains("1 job: 0 ran"));
    folder.settle();
    assertTrue(call(Map.of("CC", "two")).contains("1 job: 1 ran"));
  }

  private String call(Map<String, String> env) {
    StringWriter out = new StringWriter();
    assertEquals(0, Main.run(new String[0], Run.console(folder.at(), out, out, env)));
    return out.toString();
  }

  @Test
  void anotherBuildFileIsReadAnew() throws IOException {
    folder.chain();
    folder.settle();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat b.txt", "sed p b.txt"));
    assertTrue(folder.run().err().contains("3 jobs: 2 ran, 1 up to date"));
    assertEquals("one\none\n", folder.get("d.txt"));
  }

  @Test
  void aCommentInTheBuildFileDecidesNothing() throws IOException {
    folder.chain();
    folder.settle();
    folder.put("torc.yaml", "# one\n" + folder.get("torc.yaml"));
    assertTrue(folder.opensNothing());
    Stamp kept = restStamp();
    assertTrue(folder.opensNothing());
    assertEquals(kept, restStamp(), "the graph is kept");
    folder.put("torc.yaml", folder.get("torc.yaml") + "  more: { command: 'true' }\n");
    assertTrue(folder.run("-n").err().contains("4 jobs: 1 will run"), folder.run("-n").err());
    folder.put("torc.yaml", "# two\n" + folder.get("torc.yaml"));
    Run run = folder.run();
    assertTrue(run.err().contains("4 jobs: 1 ran, 3 up to date"), run.err());
    folder.put("a.txt", "two\n");
    assertTrue(folder.run().err().contains("4 jobs: 3 ran, 1 up to date"));
  }

  @Test
  void aFoundNeedThatAJobMakesNowIsDecided() throws IOException {
    String compile =
        """
          compile:
            command: "cat b.h > x.o; echo 'x.o: b.h' > x.d"
            produces: x.o
            depfile: x.d
        """;
    folder.put("b.h", "one\n").put("a.h", "two\n").put("torc.yaml", "jobs:\n" + compile);
    folder.settle();
    String copy = "  copy: { command: cp a.h b.h, needs: a.h, produces: b.h }\n";
    folder.put("torc.yaml", "jobs:\n" + compile + copy);
    Run run = folder.run("-n");
    assertTrue(run.err().contains("2 jobs: 2 will run"), run.out() + run.err());
  }

  @Test
  void cleanLeavesNothingAtRest() throws IOException {
    folder.chain();
    folder.settle();
    assertEquals(0, folder.run("clean").exit());
    assertTrue(folder.run().err().contains("3 jobs: 3 ran"));
  }

  @Test
  void aDamagedOrForeignFileIsNone() throws IOException {
    folder.chain();
    folder.settle();
    Path rest = folder.at().resolve(".torc/rest");
    byte[] whole = Files.readAllBytes(rest);
    for (int at = 0; at < whole.length; at += 13) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(rest, damaged);
      assertTrue(folder.run("-n").err().contains("3 up to date"));
    }
    Files.write(rest, whole);
    folder.put("a.txt", "two\n");
    folder.build();
    Files.write(rest, whole); // as from a backup: the database has gone on
    assertTrue(folder.run().err().contains("3 up to date"));
    folder.put("a.txt", "one\n");
    Files.write(rest, whole);
    assertTrue(folder.run().err().contains("3 jobs: 0 ran, 3 restored"));
  }

  @Test
  void onlySelectedJobsAreAsked() throws IOException {
    folder.chain();
    folder.settle();
    Files.delete(folder.at().resolve("d.txt"));
    assertTrue(folder.run("build", "second").err().contains("2 jobs: 0 ran, 2 up to date"));
    folder.put("a.txt", "two\n");
    folder.build("first");
    Run run = folder.run();
    assertTrue(run.err().contains("3 jobs: 2 ran, 1 up to date"), run.err());
    assertEquals("two\n", folder.get("d.txt"));
  }

  /** The same verdicts, word for word, with what is at rest and without it. */
  @Test
  void verdictsAreThoseThatLookingAtEverythingGives() throws IOException {
    long seed = Long.getLong("torc.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    int jobs = 12;
    for (int j = 0; j < jobs; j++) {
      String needs = "s" + random.nextInt(4) + ".txt";
      if (j > 0) {
        needs += ", p" + random.nextInt(j) + ".txt";
      }
      String made = j > 5 ? ", '**/p[0-3].txt'" : "";
      String more = List.of(", in/", ", 'in/*.txt'", made, made, "").get(random.nextInt(5));
      lines.add(
          "  j%d: { command: \"cat %s > p%d.txt\", ".formatted(j, needs.replace(",", ""), j)
              + "needs: [%s%s], produces: p%d.txt }".formatted(needs, more, j));
    }
    List<String> whole = List.copyOf(lines);
    folder.put("torc.yaml", "jobs:\n" + String.join("\n", lines)).put("in/x.txt", "x");
    for (int s = 0; s < 4; s++) {
      folder.put("s" + s + ".txt", "s" + s);
    }
    folder.build();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(14)) {
        case 0, 1 -> folder.put("s" + random.nextInt(4) + ".txt", "s" + random.nextInt(3));
        case 2 -> folder.put("p" + random.nextInt(jobs) + ".txt", "mine" + random.nextInt(3));
        case 3 -> Files.deleteIfExists(folder.at().resolve("p" + random.nextInt(jobs) + ".txt"));
        case 4 -> folder.put("in/" + random.nextInt(3) + ".txt", "" + random.nextInt(2));
        case 5 -> folder.run("build", "j" + random.nextInt(jobs));
        case 6, 7 -> {
          for (int files = random.nextInt(6); files > 0; files--) {
            String path =
                random.nextBoolean() ? "s" + random.nextInt(4) : "p" + random.nextInt(jobs);
            if (folder.has(path + ".txt")) {
              touch(path + ".txt");
            }
          }
        }
        case 8 -> {
          Path file = folder.at().resolve("in/x.txt");
          Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L + ++touches));
        }
        case 9, 10, 11 -> {
          edit(lines, random);
          folder.put("torc.yaml", "jobs:\n" + String.join("\n", lines));
        }
        case 12 -> folder.run("adopt", "j" + random.nextInt(jobs), "j" + random.nextInt(jobs));
        default -> folder.run();
      }
      String fast = plan();
      for (String name : List.of("rest", "graph")) {
        hide(name, name + ".hidden");
      }
      assertEquals(plan(), fast, "torc.seed=" + seed + " step " + step);
      for (String name : List.of("rest", "graph")) {
        hide(name + ".hidden", name);
      }
    }
    folder.put("torc.yaml", "jobs:\n" + String.join("\n", whole));
    folder.build();
    assertFalse(folder.run("-n").out().contains("will run"));
  }

  /** Edits a build file of one line for each job, now and then so that it cannot be built. */
  private static void edit(List<String> lines, Random random) {
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(7)) {
      case 0, 1 -> lines.add(at, "  # " + random.nextInt());
      case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      case 3 -> lines.set(at, line.replace("cat ", "cat  "));
      case 4 ->
          lines.set(
              at, line.replaceFirst("(, tags.*)? }", ", tags: [t" + random.nextInt(3) + "] }"));
      case 5 -> lines.remove(at);
      default -> {
        int number = random.nextInt(3);
        lines.removeIf(each -> each.startsWith("  more" + number));
        String more = "  more%1$d: { command: echo %2$d > in/%1$d.txt, produces: in/%1$d.txt }";
        lines.add(at % (lines.size() + 1), more.formatted(number, random.nextInt(2)));
      }
    }
  }

  private String plan() {
    Run run = folder.run("-n");
    return run.exit() + run.out() + run.err();
  }

  private void hide(String from, String to) throws IOException {
    Path file = folder.at().resolve(".torc").resolve(from);
    if (Files.exists(file)) {
      Files.move(file, file.resolveSibling(to), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
