package dev.torc.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.server.WarmServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of {@link TerminalIT}, with calls that the warm server answers. */
class ServedTerminalIT extends TerminalIT {

  @TempDir static Path shared;
  private static WarmServer server;
  private int before;

  /** One server for all tests, but for those that end it. */
  @BeforeEach
  void serve() throws Exception {
    if (server == null) {
      server = new WarmServer(shared, project.env);
    } else if (!runs()) {
      server.start();
    }
    project.env.put("XDG_RUNTIME_DIR", server.folder.getParent().toString());
    before = answered();
  }

  private static boolean runs() throws IOException {
    return ProcessHandle.of(server.pid()).isPresent();
  }

  private static int answered() throws IOException {
    return server.log(" served: ").size() + server.log(" is interactive").size();
  }

  @Override
  long reader(Going torc) throws IOException {
    return runs() ? server.pid() : super.reader(torc);
  }

  /** A job of the server has no terminal that it could ask for. */
  @Override
  @Test
  void aJobThatReadsTheTerminalUnaskedFailsAndIsToldSo() throws Exception {
    project.build("jobs:\n  a: { command: 'read x < /dev/tty; echo got $x' }\n");
    Ran ran = onTerminal("build").await();
    assertEquals(1, ran.exit(), ran.out());
    assertTrue(ran.out().contains("/dev/tty"), ran.out());
  }

  @AfterEach
  void wasServed() throws IOException {
    assertTrue(answered() > before, "no call was served");
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }
}
