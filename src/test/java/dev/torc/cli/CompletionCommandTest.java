package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code torc completion} says to the scripts; in real shells it is {@code CompletionIT}. */
class CompletionCommandTest {

  private static final String SOME =
      """
      limits: { licences: 2 }
      vars: { years: 10, yield: "{years}", cflags: [-O2] }
      executors: { far: { kind: slurm } }
      jobs:
        "a b": { command: "touch {produces}", needs: in.txt, produces: [out/x.txt], tags: [some] }
        train: { parameters: { lr: [0.1, 0.2], s: [1, 2] }, command: "echo {lr} {s}" }
      """;

  @TempDir Path temp;
  private Folder project;

  @BeforeEach
  void project() throws IOException {
    project = new Folder(temp).put("torc.yaml", SOME).put("in.txt", "");
  }

  /** How to go on, and what fits the last word, without meanings. */
  private List<String> fits(String... words) {
    return fits(project, words);
  }

  private static List<String> fits(Folder at, String... words) {
    List<String> args = new ArrayList<>(List.of("completion", "fish", "--"));
    args.addAll(List.of(words));
    Run run = at.run(args.toArray(String[]::new));
    assertEquals("", run.err());
    assertEquals(0, run.exit());
    return Stream.of(run.out().split("\0")).map(fit -> fit.replaceFirst("\t.*", "")).toList();
  }

  @Test
  void aFirstWordIsACommandOrATarget() {
    List<String> all = new ArrayList<>(List.of("told"));
    all.addAll(new Commands().descriptions().keySet());
    all.addAll(List.of("a b", "out/x.txt", "some", "train"));
    assertEquals(all, fits(""));
    assertEquals(List.of("told", "status", "stats", "store", "slurm", "some"), fits("s"));
    assertEquals(List.of("told", "why"), fits("-j", "4", "wh"));
    assertEquals(List.of("told", "why"), fits("help", "wh"));
  }

  @Test
  void targetsAreJobsGroupsInstancesTagsAndFiles() {
    assertEquals(List.of("names", "a b"), fits("build", "-v", "a"));
    for (String group : List.of("train", "trai")) { // of several, no shell adds a blank
      assertEquals(
          List.of("names", "train", "train/lr=0.1,s=1", "train/lr=0.1,s=2"),
          fits("status", group).subList(0, 4));
    }
    assertEquals(
        List.of("names", "train/lr=0.2,s=1", "train/lr=0.2,s=2"), fits("x", "train/lr=0.2"));
    assertEquals(List.of("names", "out/x.txt"), fits("log", "out/"));
    assertEquals(List.of("names"), fits("log", "train", ""), "it takes one only");
    assertEquals(List.of("names", "a b"), fits("events", "--job", "a"));
    assertEquals(List.of("names"), fits("build", "in"), "nobody makes it");
    assertEquals(List.of("names", "in.txt"), fits("why", "in"), "but some need it");
    assertEquals(List.of("names", "a b"), fits("build", "--", "a"));
  }

  @Test
  void optionsAndTheirValues() {
    assertEquals(List.of("told", "--container", "--color"), fits("--co"));
    assertEquals(List.of("told", "--path"), fits("log", "--pa"));
    assertEquals(List.of("names", "--color=always", "--color=auto"), fits("--color=a"));
    assertEquals(List.of("names", "dot"), fits("graph", "--format", "d"));
    assertEquals(List.of("names", "far"), fits("--on", "f"));
    assertEquals(List.of("open", "licences="), fits("--limit", "l"));
    assertEquals(List.of("open", "years=", "yield="), fits("build", "-D", "y"));
    assertEquals(List.of("open", "-Dcflags="), fits("-Dc"));
    assertEquals(List.of("open", "years="), fits("-D", "yield=3", "status", "-D", "ye"));
    assertEquals(List.of("open"), fits("-D", "years=1"), "values are the user's own");
    assertEquals(List.of("files"), fits("-f", ""));
    assertEquals(List.of("files"), fits("import", ""));
    assertEquals(List.of("folders"), fits("build", "-C", "x"));
    assertEquals(List.of("folders"), fits("report", "--ro-crate", ""));
    assertEquals(List.of("names"), fits("-j", ""));
    assertEquals(List.of("names", "bash", "fish", "zsh"), fits("completion", ""));
  }

  @Test
  void theOptionsOfTheLineSayWhichProject() throws IOException {
    Path other = Files.createDirectory(temp.resolve("other"));
    Folder there = new Folder(other).put("x.yaml", "jobs: { xa: { command: echo } }");
    assertEquals(
        List.of("names", "xa"), fits("-C", "other", "build", "-f", "x.yaml", "-j", "2", "x"));
    assertEquals(List.of("names", "a b"), fits(there, "build", "a"), "the one above");
    assertEquals(
        List.of("names", "../out/x.txt"), fits(there, "build", ".."), "from where he stands");
    assertEquals(List.of("names"), fits("-f", "-", "build", "a"), "standard input is not read");
  }

  @Test
  void whereThereIsNoProjectOrABrokenOneThereAreCommandsAndOptions() throws IOException {
    project.put("torc.yaml", "jobs: [");
    assertEquals(List.of("names"), fits("build", ""));
    assertEquals(List.of("told", "why"), fits("wh"));
    assertEquals(List.of("told", "--fail-fast"), fits("build", "--fa"));
    assertEquals(List.of("names"), fits("-C", "nowhere", "build", ""));
    assertEquals(List.of("names"), fits("-D", "x", "build", ""));
  }

  @Test
  void createsNothing() throws IOException {
    fits("build", "");
    assertFalse(project.has(".torc"));
  }

  @Test
  void manyNamesAreToldByTheirBeginnings() throws IOException {
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < 2000; i++) {
      jobs.append("  j%d: { command: echo, produces: 'o/%d/%d' }\n".formatted(i, i / 100, i));
    }
    project.put("torc.yaml", jobs + "  last: { command: [\"true\"], manual: true, tags: late }\n");
    project.build("last");
    assertEquals(List.of("names", "j1999"), fits("build", "j1999"));
    assertEquals(List.of("names", "last", "late"), fits("build", "la"));
    assertEquals(List.of("open", "o/"), fits("build", "o"), "2000 fit: their next part");
    assertEquals(21, fits("build", "o/").size(), "20 folders");
    byte[] kept = Files.readAllBytes(temp.resolve(".torc/graph"));
    kept[kept.length / 2] ^= 1;
    Files.write(temp.resolve(".torc/graph"), kept);
    assertEquals(List.of("names", "j1999"), fits("build", "j1999"), "the build file answers");
    project.put("torc.yaml", jobs.toString().replace("j1999", "k1999"));
    assertEquals(List.of("names", "k1999"), fits("build", "k1999"), "another build file");
  }

  @Test
  void printsTheScripts() {
    for (String shell : List.of("bash", "zsh", "fish")) {
      Run run = project.run("completion", shell);
      assertEquals(0, run.exit());
      assertTrue(run.out().contains("completion " + shell + " -- "), run.out());
    }
    Run wrong = project.run("completion", "ksh");
    assertEquals("torc: ksh: write bash, zsh or fish\n", wrong.err());
    assertEquals(2, wrong.exit());
  }
}
