package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.core.memory.Damaging;
import dev.torc.core.memory.Damaging.Spot;
import dev.torc.front.project.Project;
import dev.torc.front.session.Forgetting;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A record that cannot be read is no record: its job runs, and no command ends in an exception. It
 * takes much CPU, as each record is damaged and then asked about by each command; a run that does
 * not play all asks by a third of them.
 */
class DamagedRecordsTest {

  private static final List<String> LOOKS =
      List.of(
          "-n",
          "status",
          "status --json",
          "list",
          "list --json",
          "list --instances",
          "why m r each all",
          "why --json m r each all",
          "why s.txt src/a.txt",
          "why m.txt",
          "data",
          "data --json",
          "data m",
          "events",
          "events --json m",
          "history",
          "history --json m",
          "log m",
          "store",
          "store --json m",
          "store --prune=0 -n",
          "store --verify -n",
          "graph",
          "graph --format json",
          "clean -n",
          "clean -n --stale",
          "check");

  @TempDir Path temp;
  private Folder folder;
  private int edits;

  @BeforeEach
  void project() throws IOException {
    folder = new Folder(temp.toRealPath());
    folder.put("s.txt", "s0\n").put("t.txt", "t0\n").put("src/a.txt", "a\n");
    folder.put("src/b.txt", "b\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          m:
            command: |
              echo v=1 >> $TORC_OUTPUT
              echo '{"a": 1}' >> $TORC_EVENTS
              cp s.txt m.txt
            needs: s.txt
            produces: m.txt
          r: { command: "cat m.txt t.txt > r.txt; echo {data.m.v} >> r.txt",
               needs: [m.txt, t.txt, {data: m.v}], produces: r.txt }
          each: { command: "cp {f} {f:stem}.out", parameters: { f: [src/a.txt, src/b.txt] }, needs: "{f}",
                  produces: "{f:stem}.out" }
          all: { command: "cat {needs} > all.txt", needs: ["src/*.txt", {job: each}],
                 produces: all.txt }
        """);
    assertEquals(0, folder.run().exit());
    folder.window();
    settled(folder.run());
  }

  private static Run settled(Run run) {
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.err().contains("5 jobs: 0 ran, 5 up to date, 0 failed"), run.err());
    return run;
  }

  private Spot spot(String tree, String name) throws IOException {
    return Damaging.spots(folder.at()).stream()
        .filter(spot -> spot.tree().equals(tree) && spot.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Damages a record as a disk does that loses a write: the fresh jobs stay fresh. */
  private void behindTheRest(Spot spot, int kind, Random random) throws IOException {
    Console console = Run.console(folder.at(), new StringWriter(), new StringWriter(), Map.of());
    Project project = Run.call(console, "build").project();
    assertTrue(
        Forgetting.behind(project, () -> Damaging.damage(folder.at(), spot, kind, random)),
        "something is fresh");
  }

  private void looks(String damaged) {
    for (String look : Sample.each(3, LOOKS)) {
      Run run = folder.run(look.split(" "));
      String said = damaged + ", " + look + ": " + run.err() + run.out();
      assertEquals(0, run.exit(), said);
      assertFalse(run.err().contains("xception"), said);
    }
  }

  @Test
  void noDamageOfAnyRecordEndsACommandOrFailsABuild() throws IOException {
    Random random = new Random(11);
    int kind = 0;
    for (Spot spot : Damaging.spots(folder.at())) {
      String damaged = spot + " by " + kind;
      Damaging.damage(folder.at(), spot, kind++ % Damaging.KINDS, random);
      looks(damaged);
      Run run = folder.run();
      assertEquals(0, run.exit(), damaged + run.err());
      boolean decides = spot.tree().equals("RESULTS") || spot.tree().equals("DATA");
      assertTrue(
          run.err().contains(decides ? "5 jobs: 1 ran, 4 up" : "5 jobs: 0 ran, 5 up"),
          damaged + run.err());
      settled(folder.run());
      looks(damaged);
    }
    assertEquals("s0\nt0\n1\n", folder.get("r.txt"));
    assertEquals("a\nb\na\nb\n", folder.get("all.txt"));
  }

  @Test
  void freshJobsHideNoDamagedRecordThatDecides() throws IOException {
    Random random = new Random(12);
    int kind = 0;
    for (Spot spot : Damaging.spots(folder.at())) {
      String damaged = spot + " by " + kind;
      behindTheRest(spot, kind++ % Damaging.KINDS, random);
      looks(damaged);
      settled(folder.run());
      folder.put("t.txt", "t" + ++edits + "\n");
      folder.put("src/a.txt", "a" + edits + "\n");
      looks(damaged);
      Run run = folder.run();
      assertEquals(0, run.exit(), damaged + run.err());
      assertEquals("s0\nt" + edits + "\n1\n", folder.get("r.txt"), damaged);
      assertEquals("a" + edits + "\nb\na" + edits + "\nb\n", folder.get("all.txt"), damaged);
      folder.window();
      settled(folder.run());
    }
  }

  /** The needs of a missing temporary product are asked for as late as the product itself. */
  @Test
  void recordsAreReadOnceAMissingTemporaryProductIsWanted() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          m: { command: cp s.txt m.txt, needs: s.txt, produces: m.txt }
          n: { command: cp m.txt n.txt, needs: m.txt, produces: n.txt, temporary: true }
          r: { command: "cat n.txt t.txt > r.txt", needs: [n.txt, t.txt], produces: r.txt }
        """);
    folder.build();
    Files.delete(folder.at().resolve("n.txt"));
    folder.settle();
    behindTheRest(spot("RESULTS", "m"), 2, new Random(1));
    folder.put("t.txt", "t1\n");
    Run run = folder.run();
    assertTrue(run.err().contains("3 jobs: 3 ran, 0 up to date, 0 failed"), run.err());
    assertEquals("s0\nt1\n", folder.get("r.txt"));
  }

  /** The reader of a job whose record is gone may read another job whose record is gone too. */
  @Test
  void recordsAreReadForTheReadersOfAJobWithoutOne() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          first: { command: "cat m.txt t.txt > first.txt", needs: [m.txt, t.txt], produces: first.txt }
          k: { command: cp s.txt k.txt, needs: s.txt, produces: k.txt }
          m: { command: cp s.txt m.txt, needs: s.txt, produces: m.txt }
          q: { command: "cat k.txt m.txt > q.txt", needs: [k.txt, m.txt], produces: q.txt }
        """);
    folder.settle();
    behindTheRest(spot("RESULTS", "m"), 2, new Random(1));
    behindTheRest(spot("RESULTS", "k"), 2, new Random(1));
    folder.put("t.txt", "t1\n");
    Run run = folder.run();
    assertTrue(run.err().contains("4 jobs: 3 ran, 1 up to date, 0 failed"), run.err());
  }

  @Test
  void aJobThatDecidesAGroupRunsFirst() throws IOException {
    folder.put("names.txt", "a\nb\n").put("more.txt", "c\n").put("o.txt", "1");
    folder.put(
        "torc.yaml",
        """
        jobs:
          pick: { command: cat *mes.txt more.txt > list.txt, needs: names.txt, produces: list.txt }
          each:
            parameters: { n: { lines: list.txt } }
            command: echo {n} > {produces}
            needs: [list.txt, o.txt]
            produces: "{n}.out"
          other: { command: cat o.txt > o.out, needs: o.txt, produces: o.out }
        """);
    folder.settle();
    behindTheRest(spot("RESULTS", "pick"), 0, new Random(1));
    folder.put("more.txt", "").put("o.txt", "2"); // no job names more.txt
    Run run = folder.run();
    assertTrue(run.err().contains("4 jobs: 4 ran, 0 up to date, 0 failed"), run.err());
  }

  @Test
  void aBrokenDatumMakesItsMakerRunAndNotItsReader() throws IOException {
    Damaging.damage(folder.at(), spot("DATA", "m"), 2, new Random(1));
    Run dry = folder.run("-n");
    assertTrue(dry.out().contains("m will run: first run"), dry.out());
    Run run = folder.run("--json");
    assertTrue(run.err().contains("5 jobs: 1 ran, 4 up to date"), run.err());
    assertTrue(folder.run("data").out().contains("m.v=1"));
  }

  @Test
  void aBrokenRecordOfAProductMakesItTheUsers() throws IOException {
    Damaging.damage(folder.at(), spot("OWNED", "m.txt"), 2, new Random(1));
    assertFalse(folder.run("clean", "-n", "m").out().contains("m.txt"));
    folder.put("s.txt", "other\n");
    Run run = folder.run();
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.err().contains("kept"), run.err());
    assertEquals("other\n", folder.get("m.txt"));
  }

  @Test
  void ofAJobThatIsUpToDateWhyTellsThatItsLastRunIsNotKnown() throws IOException {
    Damaging.damage(folder.at(), spot("DETAILS", "m"), 2, new Random(1));
    assertEquals(
        "m is up to date; no run of it is on record, or none that can be read\n",
        folder.run("why", "m").out());
    settled(folder.run());
  }
}
