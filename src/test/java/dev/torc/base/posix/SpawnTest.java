package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Environment.EnvironmentEntries;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("what a program inherits of the process is listed")
class SpawnTest {

  @TempDir Path temp;
  Path dir;
  Path log;

  @BeforeEach
  void folder() throws IOException {
    dir = Files.createDirectory(temp.resolve("odd 'name\n\"é"));
    log = temp.resolve("log");
  }

  private String output(Spawn spawn, EnvironmentEntries environment, String... argv)
      throws IOException {
    int pid =
        spawn.start(List.of(argv), dir, environment, new Spawn.Streams(log, true, false), null);
    ChildWait.next(pid);
    ChildWait.reap(pid);
    return Files.readString(log);
  }

  private String output(String... argv) throws IOException {
    return output(new Spawn(), Environment.ofCaller().with(Map.of()), argv);
  }

  private String refusal(String... argv) {
    EnvironmentEntries env = Environment.ofCaller().with(Map.of("PATH", "/usr/bin:/bin"));
    return assertThrows(IOException.class, () -> output(new Spawn(), env, argv)).getMessage();
  }

  private Path executable(String name, String text) throws IOException {
    return FreshProgram.write(dir.resolve(name), text);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void withAndWithoutTheNewerActionsFolderAndDescriptorsAreRight(boolean chdir, boolean closeFrom)
      throws IOException {
    Spawn spawn = new Spawn(chdir, closeFrom);
    EnvironmentEntries env = Environment.ofCaller().with(Map.of());
    try (RandomAccessFile ours = new RandomAccessFile(temp.resolve("ours").toFile(), "rw")) {
      ours.write(1);
      assertEquals(dir.toRealPath() + "\n", output(spawn, env, "/bin/pwd", "-P"));
      assertEquals("0\n1\n2\n3\n", output(spawn, env, "ls", "/proc/self/fd")); // 3 is its own
      executable("here", "#!/bin/sh\necho \"$0\" \"$@\"");
      assertEquals("./here a  b\n", output(spawn, env, "./here", "a  b"));
    }
  }

  @Test
  void argumentsArriveAsTheyAre() throws IOException {
    assertEquals("a b|c\nd||é'\"\\$x *|", output("printf", "%s|", "a b", "c\nd", "", "é'\"\\$x *"));
  }

  @Test
  void groupMaskAndDispositionsAreItsOwn() throws IOException {
    String[] ids =
        output("sh", "-c", "read pid name state parent group rest < /proc/$$/stat; echo $$ $group")
            .strip()
            .split(" ");
    assertEquals(ids[0], ids[1]);
    assertEquals(
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n",
        output("grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"));
  }

  @Test
  void standardInputIsAtItsEnd() throws IOException {
    assertEquals("end\n", output("sh", "-c", "cat; echo end"));
  }

  @Test
  void outputAndErrorsGoToTheLogInTheirOrder() throws IOException {
    assertEquals("1\n2\n3\n", output("sh", "-c", "echo 1; echo 2 >&2; echo 3"));
  }

  @Test
  void theProgramIsSearchedInThePathOfItsOwnEnvironment() throws IOException {
    executable("only-here", "#!/bin/sh\necho found");
    byte[] path = "PATH=/nowhere:.:/bin".getBytes(StandardCharsets.UTF_8);
    EnvironmentEntries env = new Environment(List.of(path)).with(Map.of());
    assertEquals("found\n", output(new Spawn(), env, "only-here"));
    Files.createDirectory(dir.resolve("ls")); // a folder is no program
    assertTrue(output(new Spawn(), env, "ls", "-d", "/").startsWith("/"));
    EnvironmentEntries over = Environment.ofCaller().with(Map.of("PATH", "/nowhere:.:/bin"));
    assertEquals("found\n", output(new Spawn(), over, "only-here"));
    Map<String, String> none = new HashMap<>();
    none.put("PATH", null);
    EnvironmentEntries without = new Environment(List.of(path)).with(none);
    assertEquals("/\n", output(new Spawn(), without, "/bin/ls", "-d", "/"));
    assertThrows(IOException.class, () -> output(new Spawn(), without, "only-here"));
  }

  @Test
  void aScriptWithoutInterpreterLineIsRunBySh() throws IOException {
    executable("plain", "echo \"run $1\"");
    assertEquals("run x y\n", output("./plain", "x y"));
  }

  @Test
  void aFailedStartSaysWhyInOneLine() throws IOException {
    assertEquals("cannot start no-such-thing: no such program in PATH", refusal("no-such-thing"));
    assertEquals("cannot start ./nothing: no such file", refusal("./nothing"));
    assertEquals("cannot start : no such program in PATH", refusal(""));
    Files.writeString(dir.resolve("text"), "text");
    assertEquals(
        "cannot start ./text: not an executable file; run chmod +x on it", refusal("./text"));
    Files.createDirectory(dir.resolve("folder"));
    assertEquals("cannot start ./folder: a folder", refusal("./folder"));
    executable("bad", "#!/no/such/interpreter\n");
    assertEquals(
        "cannot start ./bad: the interpreter that it names does not exist", refusal("./bad"));
    assertEquals(
        "cannot start echo: an argument or variable holds a NUL character", refusal("echo", "\0"));
    assertTrue(refusal("echo", "x".repeat(10_000_000)).contains("too long"));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aMissingFolderOrLogIsNamed(boolean chdir) throws IOException {
    Spawn spawn = new Spawn(chdir, true);
    EnvironmentEntries env = Environment.ofCaller().with(Map.of());
    Path nowhere = temp.resolve("nowhere");
    IOException folder =
        assertThrows(
            IOException.class,
            () ->
                spawn.start(
                    List.of("true"), nowhere, env, new Spawn.Streams(log, true, false), null));
    assertEquals("cannot start true: no folder " + nowhere, folder.getMessage());
    Path lost = nowhere.resolve("log");
    IOException file =
        assertThrows(
            IOException.class,
            () ->
                spawn.start(List.of("true"), dir, env, new Spawn.Streams(lost, true, false), null));
    assertEquals("cannot start true: cannot write its log " + lost, file.getMessage());
    assertFalse(Files.exists(nowhere));
  }

  @Test
  void theLogIsContinuedOrBegunAnew() throws IOException {
    EnvironmentEntries env = Environment.ofCaller().with(Map.of());
    for (boolean truncate : new boolean[] {true, false, true, false}) {
      int pid =
          new Spawn()
              .start(
                  List.of("echo", "line"), dir, env, new Spawn.Streams(log, truncate, false), null);
      ChildWait.reap(pid);
    }
    assertEquals("line\nline\n", Files.readString(log));
  }

  @Test
  void waitTellsStatusSignalStopAndTime() throws IOException {
    EnvironmentEntries env = Environment.ofCaller().with(Map.of());
    int pid =
        new Spawn()
            .start(
                List.of("sh", "-c", "kill -STOP $$; exit 7"),
                dir,
                env,
                new Spawn.Streams(log, true, false),
                null);
    assertEquals(new ChildWait.News(ChildWait.What.STOPPED, Kill.STOP), ChildWait.next(pid));
    assertTrue(Kill.process(pid, Kill.CONT));
    assertEquals(new ChildWait.News(ChildWait.What.EXITED, 7), ChildWait.next(pid));
    assertEquals(
        new ChildWait.News(ChildWait.What.EXITED, 7), ChildWait.next(pid)); // looking takes nothing
    ChildWait.reap(pid);
    assertThrows(IllegalStateException.class, () -> ChildWait.next(pid));

    int busy =
        new Spawn()
            .start(
                List.of("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; kill $$"),
                dir,
                env,
                new Spawn.Streams(log, true, false),
                null);
    assertEquals(new ChildWait.News(ChildWait.What.SIGNALED, Kill.TERM), ChildWait.next(busy));
    assertTrue(ChildWait.reap(busy).user() > 1_000_000);
  }

  @Test
  void neverSignalsEverybody() {
    for (int pid : new int[] {1, 0, -1}) {
      assertThrows(IllegalArgumentException.class, () -> Kill.process(pid, 0));
      assertThrows(IllegalArgumentException.class, () -> Kill.group(pid, 0));
    }
  }
}
