package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.base.posix.FreshProgram;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A batch script is killed, or told to end, at each of its steps: stand-ins for the utilities that
 * it calls do this at a given call. The files that it leaves are true, and a second run of the
 * script never runs a job a second time. Busybox is left out: it does not look for its own
 * utilities in PATH.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class BatchKillIT {

  /** All utilities that the script calls, without sleep, which its ticker calls at any time. */
  private static final List<String> CALLED =
      List.of(
          "mkdir", "mv", "dd", "od", "env", "setsid", "head", "tr", "cat", "awk", "date", "uname",
          "ls", "find", "rm");

  /** Both ends of a pipe call at once, so a call takes its number by a file that only one makes. */
  private static final String STAND_IN =
      """
      #!%s
      read -r calls <'%s/calls'
      n=1
      set -C
      until echo >"$calls/$n"; do n=$((n + 1)); done 2>/dev/null
      set +C
      read -r at <'%s/at'
      read -r how <'%s/how'
      read -r script <'%s/pid'
      if [ $n = "$at" ]; then
        case $how in
          before) kill -s KILL "$script"; exit 137 ;;
          hit) kill -s TERM "$script"; exit 143 ;;
        esac
      fi
      PATH='%s'
      %s "$@"
      code=$?
      if [ $n = "$at" ] && [ $how = after ]; then kill -s KILL "$script"; fi
      exit $code
      """;

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"dash,before", "dash,hit", "bash,after"})
  void atEachStep(String shell, String how) throws Exception {
    try (BatchNode node = new BatchNode(temp, shell)) {
      Path stand = Files.createDirectory(temp.resolve("stand"));
      String sh = node.bin.resolve("sh").toRealPath().toString();
      for (String name : CALLED) {
        String text = STAND_IN.formatted(sh, temp, temp, temp, temp, node.path, name);
        FreshProgram.write(stand.resolve(name), text);
      }
      int calls = calls(node, stand, how);
      assertTrue(calls >= 15, "calls: " + calls);
      List<Path> runs = new ArrayList<>();
      for (int at : Sample.each(5, IntStream.rangeClosed(1, calls).boxed().toList())) {
        Path folder = Files.createDirectory(temp.resolve("run" + at));
        Files.writeString(folder.resolve("p"), "old");
        Run run = new Run(node, stand, folder);
        run.start(at, how);
        check(run, how, "call " + at);
        runs.add(folder);
      }
      node.awaitAll();
      for (Path folder : runs) {
        assertTrue(Run.ran(folder) <= 1, folder + " ran " + Run.ran(folder) + " times");
      }
    }
  }

  private int calls(BatchNode node, Path stand, String how) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("run0"));
    Files.writeString(folder.resolve("p"), "old");
    Run run = new Run(node, stand, folder);
    run.start(0, how);
    assertEquals(1, Run.ran(folder));
    assertTrue(run.remote.status("a", 0).ok(), run.remote.status("a", 0).toString());
    return Path.of(Files.readString(temp.resolve("calls")).strip()).toFile().list().length;
  }

  private void check(Run run, String how, String step) throws Exception {
    Set<BatchFolder.Word> words = run.remote.words().getOrDefault("a", Set.of());
    boolean claimed = words.contains(BatchFolder.Word.CLAIM);
    ProcessEnd status = run.remote.status("a", 0);
    String found = step + ": " + words + " " + status;
    assertEquals(words.contains(BatchFolder.Word.STATUS), status != null, found);
    assertEquals(
        words.contains(BatchFolder.Word.BEGUN),
        ClaimOwner.read(run.remote.begunFile("a")) != null,
        found);
    if (!claimed) {
      assertTrue(words.isEmpty() || words.equals(Set.of(BatchFolder.Word.LATER)), found);
    }
    if (!words.contains(BatchFolder.Word.BEGUN)) {
      assertEquals(0, Run.ran(run.folder), found);
      Path aside = run.remote.aside("a", 0);
      Path old = Files.exists(aside) ? aside : run.folder.resolve("p");
      assertEquals("old", Files.readString(old), found);
    }
    if (status != null && status.ok()) {
      assertEquals(1, Run.ran(run.folder), found);
      assertEquals("new", Files.readString(run.folder.resolve("p")), found);
    }
    if (how.equals("hit") && words.contains(BatchFolder.Word.BEGUN)) {
      assertNotNull(status, found);
    }
    int before = Run.ran(run.folder);
    run.start(0, how);
    if (words.isEmpty()) {
      assertEquals(1, Run.ran(run.folder), found);
      assertTrue(run.remote.status("a", 0).ok(), found);
    } else {
      assertTrue(Run.ran(run.folder) <= 1, found);
      assertEquals(status, run.remote.status("a", 0), found);
    }
  }

  /** A folder with a script of one job. */
  private static final class Run {
    final BatchNode node;
    final Path folder;
    final Path stand;
    final BatchFolder remote;

    Run(BatchNode node, Path stand, Path folder) throws IOException {
      this.node = node;
      this.stand = stand;
      this.folder = folder;
      this.remote = new BatchFolder(Files.createDirectory(folder.resolve("remote")));
      String line = "echo ran >>ran; printf new >p";
      BatchAttempt job =
          BatchNode.job(
              "a",
              List.of(new Launch.Step(List.of("sh", "-c", line), folder, Map.of())),
              folder.resolve("log"),
              false,
              0,
              0,
              0,
              List.of(
                  new RemoteAttempt.Product(
                      folder.resolve("p"), false, RemoteAttempt.Clearing.CLEAR)));
      remote.writeScript(new BatchScript(remote.path(), "", 0, "").of(List.of(List.of(job))));
    }

    void start(int at, String how) throws Exception {
      Path root = node.root;
      Path calls = Files.createTempDirectory(root, "calls");
      Files.writeString(root.resolve("calls"), calls + "\n");
      Files.writeString(root.resolve("at"), at + "\n");
      Files.writeString(root.resolve("how"), how + "\n");
      String line = "echo $$ >'" + root + "/pid'; exec sh '" + remote.script() + "'";
      ProcessBuilder builder =
          new ProcessBuilder(node.bin.resolve("sh").toString(), "-c", line)
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("script.out").toFile());
      builder.environment().put("PATH", stand + ":" + node.path);
      Process process = builder.start();
      node.started.add(process);
      node.await(process);
      node.awaitAll(); // the children of a killed script may still write how the job ended
    }

    /** How often the job ran. */
    static int ran(Path folder) throws IOException {
      Path ran = folder.resolve("ran");
      return Files.exists(ran) ? Files.readAllLines(ran).size() : 0;
    }
  }
}
