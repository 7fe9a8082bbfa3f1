package dev.torc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalsTest {

  @TempDir Path temp;

  @Test
  void eachSignalIsTold() throws InterruptedException {
    int own = (int) ProcessHandle.current().pid();
    BlockingQueue<Integer> outer = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> inner = new LinkedBlockingQueue<>();
    try (Signals first = new Signals(outer::add)) {
      assertFalse(first.toString().isEmpty());
      try (Signals second = new Signals(inner::add)) {
        assertFalse(second.toString().isEmpty());
        Kill.process(own, Kill.TERM);
        assertEquals(Kill.TERM, inner.take());
        Kill.process(own, Kill.TERM);
        assertEquals(Kill.TERM, inner.take());
      }
      Kill.process(own, Kill.TERM); // the former handler is back
      assertEquals(Kill.TERM, outer.take());
      assertTrue(inner.isEmpty());
    }
  }

  @Test
  void aTerminalIsKnownByItsDescriptor() throws IOException {
    try (RandomAccessFile terminal = new RandomAccessFile("/dev/ptmx", "rw");
        RandomAccessFile file = new RandomAccessFile(temp.resolve("file").toFile(), "rw")) {
      file.write(1);
      assertTrue(terminal.getFD().valid());
      assertTrue(Terminal.isTerminal(descriptor("ptmx")));
      assertEquals(0, Terminal.width(descriptor("ptmx"))); // nobody gave it a size
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
