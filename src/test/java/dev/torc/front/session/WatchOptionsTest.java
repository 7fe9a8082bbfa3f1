package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Kill;
import dev.torc.core.attempt.Event;
import dev.torc.features.pace.Pace;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.ProjectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the options of a build mean in a watch: each round is such a build. */
class WatchOptionsTest {

  private static final String LINE =
      """
      a: { command: cp a.in a.out, needs: a.in, produces: a.out }
      b: { command: cat a.out b.in > b.out, needs: [a.out, b.in], produces: b.out }
      c: { command: cp c.in c.out, needs: c.in, produces: c.out }
      """;

  @TempDir Path temp;

  private WatchStage stage(String jobs, String... targets) throws IOException {
    return new WatchStage(temp, targets)
        .jobs(jobs)
        .put("a.in", "1\n")
        .put("b.in", "1\n")
        .put("c.in", "1\n");
  }

  @Test
  void downstreamFollowsWhatStandsBehindTheTargets() throws IOException {
    WatchStage stage = stage(LINE, "a");
    stage.choice = new JobChoice(List.of("a"), false, null, null, null, true, List.of());
    stage.thenPut("c.in", "2\n").thenPut("b.in", "2\n").thenPut("a.in", "2\n").run();
    assertEquals("[a, b] | [b.in] [b] | [a.in] [a, b] |", stage.told());
  }

  @Test
  void onlyTheFirstRoundOfDownstreamIsForced() throws IOException {
    WatchStage stage = stage(LINE, "a");
    stage.choice = new JobChoice(List.of("a"), false, null, null, null, true, List.of());
    stage.run();
    WatchStage again = new WatchStage(temp, "a");
    again.choice = stage.choice;
    again.force = true;
    again.thenPut("b.in", "2\n").run();
    assertEquals("[a, b] | [b.in] [b] |", again.told());
  }

  @Test
  void sinceSelectsAnewInEachRoundAndFollowsTheSourcesOfAllJobs() throws IOException {
    WatchStage stage =
        stage(LINE + "d: { command: 'cat d/* > d.out', needs: d/*, produces: d.out }\n");
    stage.put("d/1", "1\n");
    stage.since =
        (project, say) -> {
          List<String> names = new ArrayList<>();
          for (String each : List.of("a.in", "c.in", "d/2")) {
            Path file = temp.resolve(each);
            if (Files.exists(file) && Files.readString(file).equals("2\n")) {
              names.add(each.substring(0, 1));
            }
          }
          say.accept("differs: " + names);
          return names;
        };
    stage.thenPut("c.in", "2\n").thenPut("a.out", "mine\n").thenPut("b.in", "2\n");
    stage.thenPut("d/2", "2\n").thenPut("c.in", "1\n").thenPut("a.in", "2\n").run();
    assertEquals(
        "[] | [c.in] [c] | [b.in] [] | [d/2] [d] | [c.in] [] | [a.in] [a] |", stage.told());
    assertTrue(stage.events.contains(new Event.Note(Event.Level.INFO, "differs: [c]")));
  }

  @Test
  void onlyTheTargetsRunInEachRound() throws IOException {
    stage(LINE).run();
    WatchStage stage = new WatchStage(temp, "b");
    stage.options = options(true, List.of());
    stage.thenPut("b.in", "2\n").thenPut("a.in", "2\n").thenPut("b.in", "3\n").run();
    assertEquals("[] | [b.in] [b] | [b.in] [a SKIPPED, b] |", stage.told());
    assertEquals("1\n3\n", Files.readString(temp.resolve("b.out")), "a did not run");
  }

  @Test
  void onlyBeginsNoRoundAfterAnEditOfWhatOnlyOtherJobsNeed() throws IOException {
    String jobs =
        LINE
            + """
            d: { command: 'mkdir -p dir && cp a.in dir/d', needs: a.in, produces: dir/ }
            e: { command: cat a.out dir/d > e.out, needs: [{job: a}, {job: d}], produces: e.out }
            """;
    stage(jobs).run();
    WatchStage stage = new WatchStage(temp, "e");
    stage.options = options(true, List.of());
    stage.thenPut("a.in", "2\n").then(() -> builds("a")).thenPut("a.in", "3\n").run();
    assertEquals("[] | [a.out] [d SKIPPED, e] |", stage.told());
  }

  private boolean builds(String target) throws IOException {
    new WatchStage(temp, target).run();
    return true;
  }

  @Test
  void onlyRefusesAProductThatItsMakerDidNotLeaveSo() throws IOException {
    stage(LINE).run();
    WatchStage stage = new WatchStage(temp, "b");
    stage.options = options(true, List.of());
    stage.thenPut("a.out", "edited\n").thenPut("a.out", "1\n").run();
    assertEquals("[] | [a.out] [a SKIPPED, b FAILED] | [a.out] [] |", stage.told());
  }

  @Test
  void excludedJobsStayOutInEachRound() throws IOException {
    WatchStage stage = stage(LINE);
    stage.options = options(false, List.of("a"));
    stage.thenPut("a.in", "2\n").thenPut("b.in", "2\n").thenPut("c.in", "2\n").run();
    assertEquals("[c] | [c.in] [c] |", stage.told());
  }

  @Test
  void eachRoundCountsItsOwnFailures() throws IOException {
    String jobs =
        """
        a: { command: test -e good, needs: a.in, priority: 3 }
        b: { command: test -e good, needs: b.in, priority: 2 }
        c: { command: test -e good, needs: c.in, priority: 1 }
        """;
    WatchStage stage = stage(jobs);
    stage.failures = 2;
    stage.limits.put("cpus", "1");
    stage.thenPut("a.in", "2\n").then(() -> touch("good")).thenPut("a.in", "3\n").run();
    assertEquals(
        "[a FAILED, b FAILED, c NOT_REACHED] | [a.in] [a FAILED, b FAILED, c NOT_REACHED] |"
            + " [a.in] [a, b, c] |",
        stage.told());
  }

  private boolean touch(String file) throws IOException {
    Files.createFile(temp.resolve(file));
    return true;
  }

  @Test
  void underALoadOneJobRunsAtATimeInEachRound() throws IOException {
    String alone = "command: 'mkdir alone && sleep 0.02 && rmdir alone', needs: ";
    WatchStage stage =
        stage("a: { %1$s a.in }\nb: { %1$s b.in }\nc: { %1$s c.in }\n".formatted(alone));
    stage.pace = new Pace(0, 0);
    stage.limits.put("cpus", "3");
    stage.thenSh("for f in a b c; do echo 2 > $f.in; done").run();
    assertEquals("[a, b, c] | [a.in, b.in, c.in] [a, b, c] |", stage.told());
  }

  @Test
  void eachRoundHasTheArguments() throws IOException {
    WatchStage stage =
        stage("t: { command: 'echo {args} $(cat a.in) > t', needs: a.in, produces: t }");
    stage.choice =
        new JobChoice(List.of("t"), false, null, null, null, false, List.of("-k", "two words"));
    stage.thenPut("a.in", "2\n").run();
    assertEquals("[t] | [a.in] [t] |", stage.told());
    assertEquals("-k two words 2\n", Files.readString(temp.resolve("t")));
    assertTrue(
        stage.events.stream()
            .filter(Event.JobEnded.class::isInstance)
            .noneMatch(ended -> ended.toString().contains("arguments")),
        "they are the same in each round");
  }

  /** Rule 11: Ctrl-C ends the watch and the probe, also before there are verdicts. */
  @Test
  void ctrlCWhileAProbeRunsEndsBoth() throws Exception {
    WatchStage stage =
        stage("a: { command: cp a.in a, needs: a.in, produces: a, probe: sh probe }\n");
    stage.put("probe", "[ ! -e slow ] || { echo $$ > pid; exec sleep 60; }\n");
    Thread interrupter =
        new Thread(
            () -> {
              try {
                while (!Files.exists(temp.resolve("pid")) || Files.size(temp.resolve("pid")) == 0) {
                  Thread.onSpinWait();
                }
                stage.signals.handOver(Kill.INT);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    interrupter.setDaemon(true);
    interrupter.start();
    stage
        .then(
            () -> {
              Files.createFile(temp.resolve("slow"));
              stage.put("a.in", "2\n");
              return true;
            })
        .run();
    assertEquals(130, stage.exit);
    assertEquals("1\n", Files.readString(temp.resolve("a")), "nothing ran after Ctrl-C");
    long pid = Long.parseLong(Files.readString(temp.resolve("pid")).strip());
    assertTrue(ProcessHandle.of(pid).isEmpty(), "the probe has ended");
  }

  private static ProjectOptions options(boolean only, List<String> excluded) {
    return WatchStage.options(
        new ProjectOptions.Reuse(false, false, false, only, excluded, List.of(), false));
  }
}
