package dev.torc.features.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.features.containers.ContainerRun.ContainerScript;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of sh before a job in a container, run by the sh of this machine. */
class ContainerScriptTest {

  @TempDir Path temp;

  private record Ran(int exit, String out, String err, ContainerScript.Progress progress) {}

  private Ran run(boolean terminal, String home, Map<String, String> env, String... argv)
      throws Exception {
    Path status = temp.resolve("status");
    ContainerScript.clear(status);
    ProcessBuilder builder =
        new ProcessBuilder(ContainerScript.around(List.of(argv), status, terminal, home, true))
            .directory(temp.toFile());
    builder.environment().putAll(env);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), out, err, ContainerScript.read(status));
  }

  private Ran run(String... argv) throws Exception {
    return run(false, null, Map.of(), argv);
  }

  @Test
  void theExitStatusIsTheJobs() throws Exception {
    for (int exit : List.of(0, 1, 3, 125, 126, 127)) {
      Ran ran = run("sh", "-c", "exit " + exit);
      assertEquals(exit, ran.exit);
      assertEquals(new ContainerScript.Progress(true, false, false), ran.progress);
    }
    assertEquals(137, run("sh", "-c", "kill -9 $$").exit);
  }

  @Test
  void wordsArriveAsTheyAreAndBothStreamsAreOneUnlessThereIsATerminal() throws Exception {
    List<String> odd = List.of("a b", "", "$HOME", "'\"", "*", "-e", "x\ny");
    List<String> argv = new ArrayList<>(List.of("printf", "<%s>"));
    argv.addAll(odd);
    assertEquals("<" + String.join("><", odd) + ">", run(argv.toArray(String[]::new)).out);
    String[] two = {"sh", "-c", "echo out; echo err >&2; echo out"};
    assertEquals("out\nerr\nout\n", run(two).out);
    Ran terminal = run(true, null, Map.of(), two);
    assertEquals("out\nout\n", terminal.out);
    assertEquals("err\n", terminal.err);
  }

  @Test
  void aProgramThatIsNotThereIsToldApartFromOneThatEndsSo() throws Exception {
    Ran ran = run("no-such-program");
    assertEquals(127, ran.exit);
    assertEquals(new ContainerScript.Progress(true, true, false), ran.progress);
    ContainerScript.clear(temp.resolve("status"));
    assertEquals(
        new ContainerScript.Progress(false, false, false),
        ContainerScript.read(temp.resolve("status")));
  }

  @Test
  void aJobThatTakesItsStatusAwayOrSpoilsItBeganAllTheSame() throws Exception {
    Path status = temp.resolve("status");
    for (String spoil :
        List.of("rm -f", "truncate -s 0", "truncate -s 3000000", "ln -sf elsewhere")) {
      Ran ran = run("sh", "-c", spoil + " " + status + "; exit 127");
      assertEquals(new ContainerScript.Progress(true, false, false), ran.progress, spoil);
      assertEquals(127, ran.exit);
    }
  }

  @Test
  void homeIsTmpWhereThereIsNoneUnlessTheJobSaysItself() throws Exception {
    String[] show = {"sh", "-c", "echo \"$HOME\""};
    assertEquals("/tmp\n", run(false, null, Map.of("HOME", "/"), show).out);
    assertEquals("/tmp\n", run(false, null, Map.of("HOME", "/nonexistent"), show).out);
    assertEquals("/tmp\n", run(false, null, Map.of("HOME", temp.toString()), show).out, "the dir");
    Path home = Files.createDirectory(temp.resolve("home"));
    assertEquals(home + "\n", run(false, null, Map.of("HOME", home.toString()), show).out);
    String said = "/it's $here\n";
    assertEquals(said + "\n", run(false, said, Map.of("HOME", "/nonexistent"), show).out);
  }
}
