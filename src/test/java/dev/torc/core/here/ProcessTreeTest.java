package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.ProcessTable;
import dev.torc.base.posix.ChildWait;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.FreshProgram;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Spawn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessTreeTest {

  @TempDir Path dir;
  final Map<String, String> mark = Map.of("TORC_BUILD", "t" + System.nanoTime());
  final ProcessTree tree = new ProcessTree(mark, true, 0);
  int leader;

  @BeforeEach
  void fifo() throws IOException {
    int pid = spawn("mkfifo tell");
    ChildWait.reap(pid);
  }

  @AfterEach
  void end() {
    if (leader != 0) {
      assertEquals(List.of(), tree.end(Kill.TERM, 0, () -> true));
      tree.reapLeader(true);
    }
  }

  private int spawn(String script) throws IOException {
    return new Spawn()
        .start(
            List.of("sh", "-c", script),
            dir,
            Environment.ofCaller().with(mark),
            new Spawn.Streams(dir.resolve("log"), true, false),
            null);
  }

  /** Starts a script and waits until it has said something {@code times} times. */
  private void start(int times, String script) throws IOException {
    leader = spawn(script);
    tree.addLeader(leader);
    try (BufferedReader lines = Files.newBufferedReader(dir.resolve("tell"))) {
      for (int i = 0; i < times; i++) {
        assertNotNull(lines.readLine());
      }
    }
  }

  @Test
  void pagesThatProcessesShareCountOnceForTheLimit() throws IOException {
    String shared = "x=$(head -c 50000000 /dev/zero | tr '\\0' a); ";
    start(3, shared + "exec 3> tell; for i in 1 2 3; do (echo >&3; sleep 1000; : $x) & done; wait");
    assertTrue(tree.memory(false) > 150_000_000);
    ProcessTree limited = new ProcessTree(mark, true, 100_000_000);
    limited.addLeader(leader);
    long used = limited.memory(false);
    assertTrue(used > 50_000_000 && used < 100_000_000, () -> "used " + used);
  }

  @Test
  void rule12PagesOfMappedFilesDoNotCount() throws IOException {
    Path file = Path.of("target/mapped"); // the folder for tests may lie in memory
    Files.write(file, new byte[100_000_000]);
    int self = (int) ProcessHandle.current().pid();
    try (FileChannel open = FileChannel.open(file)) {
      MappedByteBuffer mapped = open.map(FileChannel.MapMode.READ_ONLY, 0, open.size());
      long before = ProcessTable.memory(self);
      long divided = ProcessTable.proportional(self);
      mapped.load();
      assertTrue(ProcessTable.memory(self) < before + 50_000_000);
      assertTrue(ProcessTable.proportional(self) < divided + 50_000_000);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void anOrphanInAnotherSessionIsSeenByAThoroughLook() throws IOException {
    String orphan = "(setsid sh -c 'echo >&3; sleep 1000; :' &); ";
    start(2, "exec 3> tell; " + orphan + "echo >&3; sleep 1000; :");
    long without = tree.memory(false);
    long with = tree.memory(true);
    assertTrue(with > without, () -> with + " > " + without);
    long later = tree.memory(false); // the process in another session is known now
    assertTrue(later > without, () -> later + " > " + without);
  }

  /** A process that just begins another program has no environment, and one look misses it. */
  @Test
  void processesThatOneLookMissesAreEndedToo() throws IOException {
    leader = spawn("sleep 1000");
    Queue<List<ProcessTable.Entry>> looks = new ArrayDeque<>();
    looks.add(List.of());
    looks.add(List.of(ProcessTable.of(leader).orElseThrow()));
    for (int i = 0; i < 4; i++) { // two before it is told to end, and two after
      looks.add(List.of());
    }
    long minute = 60_000_000_000L;
    assertEquals(
        List.of(), new EndSignals(looks::remove, false, Kill.TERM, minute, () -> false).run());
    assertEquals(List.of(), List.copyOf(looks));
    ChildWait.next(leader); // it was told to end
    ChildWait.reap(leader);
    leader = 0;
  }

  /** Rule 11: the grace begins at the first signal, however long the search before it takes. */
  @Test
  void theSearchTakesNothingOfTheGrace() throws IOException {
    long grace = 2_000_000_000;
    start(1, "trap '' TERM; echo > tell; read go < tell; exit 7");
    int[] looks = {0};
    new EndSignals(
            () -> {
              looks[0]++;
              if (looks[0] == 1) {
                LockSupport.parkNanos(grace + grace / 10);
              } else if (looks[0] == 5) { // the second one after the signal
                write("tell");
                ChildWait.next(leader);
              }
              return looks[0] == 1 || looks[0] == 4
                  ? List.of(ProcessTable.of(leader).orElseThrow())
                  : List.of();
            },
            false,
            Kill.TERM,
            grace,
            () -> false)
        .run();
    assertEquals(new ChildWait.News(ChildWait.What.EXITED, 7), ChildWait.next(leader));
  }

  private void write(String file) {
    try {
      Files.writeString(dir.resolve(file), "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDeadProcessHasNoMemory() throws IOException {
    leader = spawn("exit 0");
    tree.addLeader(leader);
    ChildWait.next(leader);
    assertEquals(0, tree.memory(true));
  }

  @Test
  void aNumberIsNotTheProcessOfTheSameNumberBefore() {
    int own = (int) ProcessHandle.current().pid();
    ProcessTable.Entry now = ProcessTable.of(own).orElseThrow();
    assertTrue(now.exists());
    ProcessTable.Entry before =
        new ProcessTable.Entry(own, now.start() - 1, now.parent(), now.group(), now.state(), 0);
    assertFalse(before.exists());
    int[] asked = {0};
    // a signal would end this very JVM
    new EndSignals(
            () -> asked[0]++ == 0 ? List.of(before) : List.of(), false, Kill.TERM, 0, () -> true)
        .run();
    assertEquals(5, asked[0]);
  }

  @Test
  void neverThisProcessOrItsParent() throws IOException {
    start(1, "echo > tell; sleep 1000; :");
    // a mark that this JVM itself carries, as a torc does that is called by a job
    String path = System.getenv("PATH");
    ProcessTree own = ProcessTree.ofMark(Map.of("PATH", path));
    List<Integer> found =
        ProcessPass.living(List.of(own)).get(own).stream().map(ProcessTable.Entry::pid).toList();
    assertTrue(found.contains(leader));
    assertFalse(found.contains((int) ProcessHandle.current().pid()));
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    assertFalse(found.contains((int) parent.pid()));
  }

  @Test
  void namesWithBlanksAndParenthesesAreRead() throws IOException {
    Path odd = dir.resolve("a) Z (b");
    Files.copy(Path.of("/bin/sleep"), odd);
    FreshProgram.of(odd);
    leader =
        new Spawn()
            .start(
                List.of(odd.toString(), "1000"),
                dir,
                Environment.ofCaller().with(mark),
                new Spawn.Streams(dir.resolve("log"), true, false),
                null);
    tree.addLeader(leader);
    ProcessTable.Entry entry = ProcessTable.of(leader).orElseThrow();
    assertEquals((int) ProcessHandle.current().pid(), entry.parent());
    assertEquals(leader, entry.group());
    assertFalse(entry.isDead());
    assertTrue(ProcessTable.children(entry.parent()).orElseThrow().contains(leader));
  }
}
