package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 11: a signal that came while torc starts makes the JVM end by itself. Code that then runs
 * jobs is told, and the JVM waits for it.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("EndingIT") // one of its tests at a time, beside other classes
class EndingIT {

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void codeThatRunsJobsIsToldAndWaitedFor(String when) throws Exception {
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EndingIT.class.getName(),
                    when))
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("told 15\nclosed\n", said);
    assertEquals(143, child.waitFor());
  }

  /** The JVM ends before it handles signals, or after it began to. */
  public static void main(String[] arguments) throws Exception {
    boolean before = arguments[0].equals("before");
    CountDownLatch ending = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    if (before) { // a hook that holds the JVM, as the closing of open files does
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    ending.countDown();
                    await(over);
                  }));
    }
    Thread end = new Thread(() -> System.exit(143));
    if (before) {
      end.start();
      ending.await();
    }
    CountDownLatch told = new CountDownLatch(1);
    try (Signals signals = new Signals();
        Signals.Handling _ =
            signals.during(
                number -> {
                  System.out.println("told " + number);
                  told.countDown();
                })) {
      if (!before) {
        end.start();
      }
      told.await();
      System.out.println("closed");
    }
    over.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
