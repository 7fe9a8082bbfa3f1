package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("the last handler has the signals of the whole process")
class SignalsTest {

  @TempDir Path temp;

  @Test
  void eachSignalIsTold() throws InterruptedException {
    int own = (int) ProcessHandle.current().pid();
    BlockingQueue<Integer> outer = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> inner = new LinkedBlockingQueue<>();
    try (Signals first = new Signals();
        Signals.Handling _ = first.during(outer::add)) {
      try (Signals second = new Signals()) {
        assertEquals(0, second.last());
        for (int i = 0; i < 2; i++) {
          try (Signals.Handling _ = second.during(inner::add)) {
            assertEquals(i == 0 ? null : Kill.TERM, inner.poll(), "one that came meanwhile");
            Kill.process(own, Kill.TERM); // the one that no caller ignores
            assertEquals(Kill.TERM, inner.take());
            assertEquals(Kill.TERM, second.last());
            assertTrue(outer.isEmpty());
          }
          Kill.process(own, Kill.TERM); // the inner handling is over
          assertEquals(Kill.TERM, outer.take());
        }
      }
      Kill.process(own, Kill.TERM); // the former handler is back
      assertEquals(Kill.TERM, outer.take());
      assertTrue(inner.isEmpty());
    }
  }

  /** A signal that is handed over before the work began, as while a build is planned, ends it. */
  @Test
  void signalsOfAnotherProcessAreHandedOver() {
    List<Object> told = new ArrayList<>();
    Signals signals = new Signals(() -> told.add("begins"), told::add, Signals.LIMIT);
    assertFalse(signals.handOver(Kill.TERM));
    try (Signals.Handling _ = signals.during(told::add, told::add)) {
      assertTrue(signals.handOver(Kill.INT));
      signals.pause(true).accept(false);
    }
    signals.pause(true);
    assertFalse(signals.handOver(Kill.INT));
    assertEquals(List.of("begins", Kill.TERM, Kill.INT, true, false), told);
  }

  /** Rule 11: work that does not end after two signals, since its files do not answer. */
  @Test
  void workThatHangsIsEndedAfterItsSecondSignal() throws InterruptedException {
    BlockingQueue<Integer> hung = new LinkedBlockingQueue<>();
    Signals signals = new Signals(() -> {}, hung::add, 1);
    try (Signals.Handling _ = signals.during(_ -> {})) {
      signals.handOver(Kill.INT);
      assertTrue(hung.isEmpty());
      signals.handOver(Kill.TERM);
      assertEquals(Kill.TERM, hung.take());
      signals.handOver(Kill.TERM);
    }
    assertTrue(hung.isEmpty(), "told once");
  }

  @Test
  void aTerminalIsKnownByItsDescriptor() throws IOException {
    try (RandomAccessFile terminal = new RandomAccessFile("/dev/ptmx", "rw");
        RandomAccessFile file = new RandomAccessFile(temp.resolve("file").toFile(), "rw")) {
      file.write(1);
      assertTrue(terminal.getFD().valid());
      assertTrue(Terminal.isTerminal(descriptor("ptmx")));
      assertEquals(0, Terminal.width(descriptor("ptmx"))); // it was given no size
      assertFalse(Terminal.isTerminal(descriptor("file")));
      assertEquals(0, Terminal.width(descriptor("file")));
    }
  }

  private static int descriptor(String name) throws IOException {
    try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : open) {
        if (Files.isSymbolicLink(fd) && Files.readSymbolicLink(fd).endsWith(name)) {
          return Integer.parseInt(fd.getFileName().toString());
        }
      }
    }
    throw new AssertionError(name + " is not open");
  }
}
