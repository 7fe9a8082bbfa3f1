package dev.torc.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.server.WarmServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tests of {@link TerminalIT}, with calls that the warm server answers. */
class ServedTerminalIT extends TerminalIT {

  private WarmServer server;

  @BeforeEach
  void serve() throws Exception {
    server = new WarmServer(temp, project.env);
  }

  @Override
  long reader(Going torc) throws IOException {
    boolean serves = ProcessHandle.of(server.pid()).isPresent();
    return serves ? server.pid() : super.reader(torc);
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
  void stop() throws Exception {
    boolean none = server.log(" served: ").isEmpty() && server.log(" is interactive").isEmpty();
    server.stop();
    assertFalse(none, "no call was served");
  }
}
