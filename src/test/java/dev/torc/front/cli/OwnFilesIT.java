package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules 9 and 15: other things stand in the place of each file or folder that torc keeps in .torc,
 * while each command is called. {@code launcher/own-files.txt} tests what is told of them.
 */
@Execution(ExecutionMode.CONCURRENT)
class OwnFilesIT {

  private static final Duration WAIT = Duration.ofMinutes(9); // against waiting for ever

  private static final String BUILD_FILE =
      """
      hooks: { start: echo hook }
      jobs:
        a:
          command: echo out; cat in > a.txt; echo 'v=1' >> "$TORC_OUTPUT"
          needs: [in]
          produces: [a.txt]
        b: { command: 'echo {data.a.v} > b.txt', produces: [b.txt] }
        c: { command: 'echo c > c.txt', produces: [c.txt] }
      """;

  /** All that torc ever makes or opens in .torc, but for what a crash of the database leaves. */
  private static final List<String> FILES =
      List.of(
          "lock",
          "running",
          "running.new",
          "clock",
          "closed",
          "closed.new",
          "rest",
          "rest.new",
          "graph",
          "graph.new",
          "data.mdb",
          "data.mdb.new",
          "lock.mdb",
          "logs/a.log",
          "logs/hooks.log",
          "jobs/a.needs",
          "jobs/.data.json",
          "jobs/.needs",
          "jobs/b.data.json",
          "jobs/a.output",
          "jobs/a.events",
          "jobs/.hook.0.log");

  private static final List<List<String>> CALLS =
      List.of(
          List.of("build", "-n"),
          List.of("status"),
          List.of("why", "a"),
          List.of("list"),
          List.of("log", "a"),
          List.of("data"),
          List.of("events"),
          List.of("history"),
          List.of("adopt", "c"),
          List.of("build"),
          List.of("build", "--force"),
          List.of("clean", "-n"),
          List.of("clean"),
          List.of("clean", "--all"));

  @TempDir Path temp;
  private Path cwd;
  private Folder folder;
  private Path outside;

  @BeforeEach
  void aProject() throws IOException {
    cwd = Files.createDirectory(temp.resolve("project"));
    folder = new Folder(cwd).put("torc.yaml", BUILD_FILE).put("in", "1\n");
    outside = temp.resolve("outside");
  }

  /** A thing that stands in the place of a file of torc. */
  private enum Odd {
    LINK,
    LINK_TO_NOTHING,
    SECOND_NAME,
    FIFO,
    FOLDER;

    void put(Path file, Path outside) throws Exception {
      FileTree.remove(file);
      Files.createDirectories(file.getParent());
      switch (this) {
        case LINK -> Files.createSymbolicLink(file, outside);
        case LINK_TO_NOTHING -> Files.createSymbolicLink(file, outside.resolveSibling("made"));
        case SECOND_NAME -> Files.createLink(file, outside);
        case FIFO ->
            assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        case FOLDER -> Files.createDirectories(file.resolve("inner"));
      }
    }

    boolean goesAway() {
      return this == LINK || this == LINK_TO_NOTHING || this == SECOND_NAME;
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsWrittenThroughItEmptiedOrWaitedFor(Odd odd) {
    assertTimeoutPreemptively(
        WAIT,
        () -> {
          int pair = Sample.first(5);
          for (String name : FILES) {
            folder.build();
            for (List<String> call : CALLS) {
              if (pair++ % Sample.step(5) == 0) {
                check(odd, name, call);
              }
            }
            FileTree.remove(cwd.resolve(".torc"));
          }
        });
  }

  private void check(Odd odd, String name, List<String> call) throws Exception {
    Path file = cwd.resolve(".torc").resolve(name);
    String text = "mine\n".repeat(100);
    Files.writeString(outside, text);
    odd.put(file, outside);
    Run run = folder.run(call.toArray(String[]::new));
    String what = odd + " " + name + " " + call + ": " + run.err();
    assertEquals(text, Files.readString(outside), what);
    assertFalse(Files.exists(outside.resolveSibling("made")), what);
    assertFalse(run.err().contains("internal error") || run.err().contains("\tat "), what);
    if (odd.goesAway()) {
      assertEquals(0, run.exit(), what);
    } else if (!call.contains("--all") && !name.startsWith("jobs/")) {
      // it is told, or at least left alone; the database's file is set aside
      assertTrue(Files.exists(file, LinkOption.NOFOLLOW_LINKS) || run.err().contains(name), what);
    }
    FileTree.remove(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {".torc", ".torc/logs", ".torc/jobs", ".torc/kept"})
  void aFolderThatIsALinkIsRefusedWithTheNextStep(String name) throws IOException {
    folder.build();
    Path elsewhere = temp.resolve("elsewhere");
    Path link = cwd.resolve(name);
    if (Files.exists(link)) {
      Files.move(link, elsewhere);
    } else {
      Files.createDirectory(elsewhere);
    }
    Files.createSymbolicLink(link, elsewhere);
    List<Path> before = all(elsewhere);
    for (List<String> call : CALLS) {
      Run run = folder.run(call.toArray(String[]::new));
      assertEquals(3, run.exit(), call + run.err());
      assertTrue(run.err().contains(link + " is a link, "), run.err());
      assertEquals(name.equals(".torc"), run.err().contains("TORC_CACHE"), run.err());
      assertEquals(before, all(elsewhere), call.toString());
    }
  }

  private static List<Path> all(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
