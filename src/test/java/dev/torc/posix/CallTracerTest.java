package dev.torc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the judge of a traced process does, the process goes on and ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallTracerTest {

  @TempDir Path dir;
  final Set<String> blind = ConcurrentHashMap.newKeySet();
  final CountDownLatch passedOver = new CountDownLatch(1);

  @BeforeAll
  static void works() {
    String why = CallTracer.refusal();
    assumeTrue(why == null, why);
  }

  private interface Answer {
    int of(FileCall call, CallNotice notice) throws Exception;
  }

  private CallTracer.Judge judge(Answer answer) {
    return new CallTracer.Judge() {
      @Override
      public int of(FileCall call, CallNotice notice) {
        try {
          return answer.of(call, notice);
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void answered() {}

      @Override
      public void blind(String why) {
        blind.add(why);
        passedOver.countDown();
      }
    };
  }

  private String run(CallTracer.Traced traced, String script) throws IOException {
    Path log = dir.resolve("log");
    int pid =
        new Spawn()
            .start(
                List.of("sh", "-c", script),
                dir,
                Environment.ofCaller().with(Map.of()),
                log,
                true,
                traced);
    ChildWait.next(pid);
    ChildWait.reap(pid);
    assertTrue(traced.isOver(30_000));
    return Files.readString(log);
  }

  @Test
  void aJudgeThatComesToNoEndIsPassedOver() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (CallTracer tracer = new CallTracer(1)) {
      CallTracer.Traced traced =
          tracer.of(
              judge(
                  (call, notice) -> {
                    never.await();
                    return 0;
                  }));
      assertEquals("x\n", run(traced, "echo x; cat /dev/null; (cat /dev/null &)"));
    } finally {
      never.countDown();
    }
    assertEquals(Set.of("torc was too slow to look at what it read"), blind);
  }

  @Test
  void aJudgeThatComesBackLateTakesNoCallFromTheGuard() throws Exception {
    try (CallTracer tracer = new CallTracer(1)) {
      CallTracer.Traced traced =
          tracer.of(
              judge(
                  (call, notice) -> {
                    passedOver.await();
                    return 0;
                  }));
      assertEquals("x\n", run(traced, "cat /dev/null; (cat /dev/null &) ; cat /dev/null; echo x"));
    }
    assertEquals(Set.of("torc was too slow to look at what it read"), blind);
  }

  @Test
  void ofAJudgeThatFailsTheCallGoesOn() throws Exception {
    try (CallTracer tracer = new CallTracer(1)) {
      CallTracer.Traced traced =
          tracer.of(
              judge(
                  (call, notice) -> {
                    throw new OutOfMemoryError("none left");
                  }));
      assertEquals("x\n", run(traced, "echo x; cat /dev/null"));
    }
    assertEquals(Set.of("torc met java.lang.OutOfMemoryError: none left"), blind);
  }

  @Test
  void whatAJudgeRefusesFails() throws Exception {
    Files.writeString(dir.resolve("secret"), "s");
    try (CallTracer tracer = new CallTracer()) {
      CallTracer.Traced traced =
          tracer.of(
              judge(
                  (call, notice) ->
                      call != FileCall.CHROOT && notice.name(call).equals("secret") ? 13 : 0));
      assertEquals("no\n", run(traced, "cat secret 2> /dev/null || echo no"));
    }
    assertEquals(Set.of(), blind);
  }

  /** From the kernel's tables for AArch64, of which there may be no machine here. */
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
            Map.entry(FileCall.OPEN_BY_HANDLE, 265));
    for (FileCall call : FileCall.values()) {
      assertEquals(arm.getOrDefault(call, -1), call.number(true), call.name());
    }
  }
}
