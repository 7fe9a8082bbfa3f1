package dev.torc.cli;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 15 for jobs that are handed out, to a scheduler that refuses them, holds them back or runs
 * them, as the test says: what stood in the places of their products is the user's as ever, and is
 * back where a job never began.
 */
class Rule15RemoteTest {

  @TempDir Path temp;
  private Folder project;

  @BeforeEach
  void project() throws IOException {
    project = new Folder(temp.toRealPath());
    build("1");
    project.put("a.out", "mine").put("g/mine.o", "mine").put("g/sub/mine.o", "mine");
  }

  /** The default executor {@code far} of a root: it has what it is given wait for a file. */
  static String far(Path root) {
    return """
    executors:
      far:
        kind: commands
        submit: >-
          cd ROOT; ! test -e refuse || { echo no such queue >&2; exit 1; };
          { while test -e hold; do sleep 0.02; done; exec setsid {script}; } > {log} 2>&1 & echo $!
        states: 'for i in {ids}; do if kill -0 $i; then echo $i runs; else echo $i gone; fi; done 2> /dev/null'
        cancel: kill {ids}
        id: '(?m)^(\\d+)$'
        words: { running: [runs], gone: [gone] }
        latency: 1s
    defaults: { executor: far }
    """
        .replace("ROOT", root.toString());
  }

  private void build(String text) throws IOException {
    project.put(
        "torc.yaml",
        far(project.at())
            + """
            jobs:
              a: { command: printf TEXT > a.out, produces: [a.out] }
              g: { command: 'printf TEXT > g/1.o; printf TEXT > g/sub/1.o', produces: ['g/**/*.o'] }
            """
                .replace("TEXT", text));
  }

  private Run torc(int exit, String... args) {
    Run run = Run.of(project.at(), args);
    assertEquals(exit, run.exit(), run.err());
    return run;
  }

  /** What stands in the places of products, and what was kept, with what each holds. */
  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(project.at())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> project.at().relativize(file).toString())
          .filter(file -> file.matches("(\\.torc/kept/.*/)?(a\\.out|g/.*)"))
          .map(file -> file.replaceFirst(".*kept/\\d+", "kept") + " " + read(file))
          .sorted()
          .toList();
    }
  }

  private String read(String file) {
    try {
      return project.get(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final List<String> MINE =
      List.of("a.out mine", "g/mine.o mine", "g/sub/mine.o mine");

  private static final List<String> MADE =
      List.of(
          "a.out 1",
          "g/1.o 1",
          "g/sub/1.o 1",
          "kept/a.out mine",
          "kept/g/mine.o mine",
          "kept/g/sub/mine.o mine");

  @Test
  void whatARefusedJobNeverTouchedStaysTheUsers() throws IOException {
    project.put("refuse", "");
    torc(1);
    assertEquals(MINE, files());
    assertFalse(project.has(".torc/remote"));
    Files.delete(project.at().resolve("refuse"));
    torc(0);
    assertEquals(MADE, files());
    assertFalse(project.has(".torc/remote"));
  }

  @Test
  void whatAGlobMatchesIsAwayWhileItsJobIsQueuedAndBackWhenThatNeverBegan() throws IOException {
    torc(0);
    assertEquals(MADE, files());
    build("2");
    project.put("g/more.o", "mine").put("hold", "");
    torc(0, "--submit");
    assertEquals(List.of("a.out 1"), files().subList(0, 1), "it can be read until the job begins");
    assertFalse(files().toString().contains(" g/"), files().toString());

    build("3");
    project.put("refuse", "");
    Run refused = torc(1);
    assertTrue(files().containsAll(List.of("a.out 1", "g/1.o 1", "g/sub/1.o 1", "g/more.o mine")));
    assertEquals(7, files().size(), files().toString());
    assertFalse(refused.err().contains("kept"), refused.err());
    assertFalse(project.has(".torc/remote"));

    Files.delete(project.at().resolve("refuse"));
    Files.delete(project.at().resolve("hold"));
    Run ran = torc(0);
    assertTrue(ran.err().contains("moved g/more.o to .torc/kept/"), ran.err());
    assertTrue(files().containsAll(List.of("a.out 3", "g/1.o 3", "g/sub/1.o 3")));
    assertEquals(7, files().size(), "what torc made is gone for good, nothing else is");
    assertFalse(project.has(".torc/remote"));
    torc(0);
  }

  @Test
  void whatTheUserPutInThePlaceMeanwhileStays() throws IOException {
    project.put("hold", "");
    torc(0, "--submit");
    project.put("g/mine.o", "newer").put("refuse", "");
    build("2");
    Run refused = torc(1);
    assertEquals(
        List.of("a.out mine", "g/mine.o newer", "g/sub/mine.o mine", "kept/g/mine.o mine"),
        files(),
        refused.err());
    Files.delete(project.at().resolve("hold"));
  }

  @Test
  void whatTheUserEditsWhileItsJobIsQueuedIsKept() throws IOException {
    torc(0);
    project.put("hold", "");
    build("2");
    torc(0, "--submit");
    project.put("a.out", "edited while it is queued");
    Files.delete(project.at().resolve("hold"));
    torc(0);
    assertTrue(files().contains("a.out 2"), files().toString());
    assertTrue(files().contains("kept/a.out edited while it is queued"), files().toString());
    assertEquals(MADE.size() + 1, files().size(), "an unaltered product is not kept");
  }

  @Test
  void whatAKilledTorcLeftEmptyGoesWithTheNextBuildThatWorks() throws IOException {
    project.put(".torc/remote/far/torc-1/script", "").put(".torc/remote/far/torc-1/jobs.new", "");
    project.put(".torc/remote/far/torc-2.gone/n.claim/by", "");
    Path other = Files.createDirectories(project.at().resolve("other"));
    Path link = project.at().resolve(".torc/remote/far/torc-3");
    Files.createSymbolicLink(link, Files.writeString(other.resolve("f"), "").getParent());
    Files.createDirectories(project.at().resolve(".torc/remote/near"));
    project.put("torc.yaml", "jobs: { a: { command: 'echo > b.out', produces: [b.out] } }");
    torc(0);
    try (Stream<Path> left = Files.walk(project.at().resolve(".torc/remote"))) {
      assertEquals(
          List.of(link), left.filter(file -> !Files.isDirectory(file, NOFOLLOW_LINKS)).toList());
    }
    assertTrue(Files.exists(other.resolve("f")));
    Files.delete(link);
    torc(0);
    assertTrue(project.has(".torc/remote"), "where nothing is to be done, nothing is looked for");
    Files.delete(project.at().resolve("b.out"));
    torc(0);
    assertFalse(project.has(".torc/remote"));
  }
}
