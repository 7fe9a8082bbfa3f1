package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.Environment.EnvironmentEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a trace does, the process goes on and ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallTracerTest {

  private static final String SLOW = "torc was too slow to look at what it read";

  @TempDir Path dir;
  JobTrace trace;

  @BeforeAll
  static void works() {
    String why = JobTrace.refusal();
    assumeTrue(why == null, why);
  }

  /** What the trace meets at each call; the first call is the one that opens the log. */
  private interface Stands {
    void at(String path) throws Exception;
  }

  /**
   * Runs a script, and returns what it wrote.
   *
   * @param patience milliseconds
   */
  private String run(int patience, Stands stands, String script) throws IOException {
    Path log = dir.resolve("log");
    trace =
        new JobTrace(
            List.of(dir),
            0,
            (path, write) -> {
              try {
                stands.at(path);
                return true;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    try (Spawn spawn = new Spawn(new CallTracer(patience))) {
      EnvironmentEntries env = Environment.ofCaller().with(Map.of());
      int pid =
          spawn.start(
              List.of("sh", "-c", script), dir, env, new Spawn.Streams(log, true, false), trace);
      ChildWait.next(pid);
      ChildWait.reap(pid);
      assertTrue(trace.isOver(30_000));
    }
    return Files.readString(log);
  }

  @Test
  void aTraceThatComesToNoEndIsPassedOver() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try {
      assertEquals("x\n", run(1, path -> never.await(), "echo x; : < log; (: < log &)"));
    } finally {
      never.countDown();
    }
    assertEquals(SLOW, trace.blind());
  }

  @Test
  void aTraceThatComesBackLateTakesNoCallFromTheGuard() throws Exception {
    Stands late =
        path -> {
          while (trace.blind() == null) {
            Thread.sleep(1);
          }
        };
    String script = ": < log; (: < log &) ; : < log; echo x";
    assertEquals("x\n", run(1, late, script));
    assertEquals(SLOW, trace.blind());
    assertEquals(Set.of(), trace.read()); // the trace looked at nothing anymore
  }

  @Test
  void ofATraceThatFailsTheCallGoesOn() throws Exception {
    Stands fails =
        path -> {
          throw new OutOfMemoryError("none left");
        };
    assertEquals("x\n", run(1000, fails, "echo x; cat /dev/null"));
    assertEquals("torc met java.lang.OutOfMemoryError: none left", trace.blind());
  }

  /** The numbers are from the kernel's tables for AArch64; there may be no such machine here. */
  @Test
  void numbersOfTheOtherProcessorAreThoseOfItsTable() {
    Map<FileCall, Integer> arm =
        Map.ofEntries(
            Map.entry(FileCall.OPENAT, 56),
            Map.entry(FileCall.OPENAT2, 437),
            Map.entry(FileCall.EXECVE, 221),
            Map.entry(FileCall.EXECVEAT, 281),
            Map.entry(FileCall.RENAMEAT, 38),
            Map.entry(FileCall.RENAMEAT2, 276),
            Map.entry(FileCall.LINKAT, 37),
            Map.entry(FileCall.SYMLINKAT, 36),
            Map.entry(FileCall.CHROOT, 51),
            Map.entry(FileCall.MOUNT, 40),
            Map.entry(FileCall.MOVE_MOUNT, 429),
            Map.entry(FileCall.PIVOT_ROOT, 41),
            Map.entry(FileCall.SETNS, 268),
            Map.entry(FileCall.OPEN_BY_HANDLE, 265),
            Map.entry(FileCall.MKNODAT, 33),
            Map.entry(FileCall.MKDIRAT, 34),
            Map.entry(FileCall.UNLINKAT, 35),
            Map.entry(FileCall.TRUNCATE, 45),
            Map.entry(FileCall.FCHMOD, 52),
            Map.entry(FileCall.FCHMODAT, 53),
            Map.entry(FileCall.FCHMODAT2, 452),
            Map.entry(FileCall.FCHOWN, 55),
            Map.entry(FileCall.FCHOWNAT, 54),
            Map.entry(FileCall.UTIMENSAT, 88),
            Map.entry(FileCall.SETXATTR, 5),
            Map.entry(FileCall.LSETXATTR, 6),
            Map.entry(FileCall.FSETXATTR, 7),
            Map.entry(FileCall.SETXATTRAT, 463),
            Map.entry(FileCall.REMOVEXATTR, 14),
            Map.entry(FileCall.LREMOVEXATTR, 15),
            Map.entry(FileCall.FREMOVEXATTR, 16),
            Map.entry(FileCall.REMOVEXATTRAT, 466),
            Map.entry(FileCall.FILE_SETATTR, 469));
    for (FileCall call : FileCall.values()) {
      assertEquals(arm.getOrDefault(call, -1), call.number(true), call.name());
    }
  }
}
