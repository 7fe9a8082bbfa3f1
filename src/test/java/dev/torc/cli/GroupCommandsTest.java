package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups as the commands show them: folded into one line or node, and unfolded on request. */
class GroupCommandsTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() {
    folder = new Folder(cwd);
  }

  @Test
  void listCountsTheInstancesOfAGroupByTheirStates() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          train:
            parameters: { seed: { from: 1, to: 7 } }
            command: "grep -q good {seed}"
            needs: "{seed}"
          deploy: { command: echo there, manual: true }
        """);
    for (int seed = 1; seed <= 7; seed++) {
      folder.put("" + seed, seed == 6 ? "bad" : "good");
    }
    folder.run("build");
    folder.put("4", "good, too").put("5", "good, too");
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (StartMarks marks = StartMarks.begin(place, List.of())) {
      marks.add(new StartMarks.Mark("now", "train/seed=3", 1));
      marks.add(new StartMarks.Mark("killed", "train/seed=7", 1));
      String out = folder.run("list").out();
      assertTrue(
          out.startsWith("train   2 of 7 up to date, 2 will run, 1 failed, 2 interrupted  "), out);
      try (BuildLock lock =
          BuildLock.tryAcquire(
                  place,
                  new BuildLock.Holder(ProcessHandle.current().pid(), "now", "torc build"),
                  false)
              .orElseThrow()) {
        assertTrue(lock != null);
        out = folder.run("list").out();
        assertTrue(
            out.startsWith(
                "train   2 of 7 up to date, 1 running, 2 waiting, 1 failed, 1 interrupted  "),
            out);
        assertTrue(out.contains("\ndeploy  will run  "), "no build runs it: " + out);
        assertTrue(folder.run("list", "--instances").out().contains("train/seed=4  waiting  "));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void whyOfAGroupNamesTheFirstOfManyReasonsAsStatusDoes(int readers) throws IOException {
    String jobs =
        """
        jobs:
          train: { parameters: { seed: { from: 1, to: %d } }, command: "echo 1 > {produces}", produces: "t/{seed}" }
          mean: { parameters: { x: { from: 1, to: %d } }, command: "cat {needs} > {produces}", needs: [{ job: train }], produces: "m/{x}" }
        """;
    folder.put("torc.yaml", jobs.formatted(5, readers));
    folder.build();
    folder.put("torc.yaml", jobs.formatted(25, readers)).build("train");
    String why = folder.run("why", "mean").out();
    assertTrue(
        why.contains("mean/x=1 will run: need t/10 added (train/seed=10 ran: never ran)"), why);
    assertTrue(why.contains(" ran: never ran); …and 15 more needs\n"), why);
    assertTrue(why.lines().allMatch(line -> line.length() < 400), why);
    assertEquals(readers > 10, why.contains("mean (12 of 12) will run: need added: t/10 and 19"));
    String one = folder.run("why", "mean/x=1").out();
    assertTrue(one.contains("need t/9 added (train/seed=9 ran: never ran)\n"), one);
    assertTrue(folder.run("why", "mean", "-v").out().contains(one));
  }
}
