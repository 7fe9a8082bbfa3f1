package dev.torc.server;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.Shipping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The warm-up of a new server to its end; {@link ServerLifeIT} has its begin. */
@Shipping
@Isolated("a server warms up slowly unless a core is free")
class WarmUpIT {

  @TempDir Path temp;

  /** A new server builds a project of its own, and removes it; calls are served meanwhile. */
  @Test
  void aNewServerWarmsUp() throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.build("jobs: { a: { command: cp in a.out, needs: in, produces: a.out } }");
      project.write("in", "1");
      WarmServer server = new WarmServer(temp, project.env);
      try {
        assertEquals(0, project.torc("build").exit());
        assertTrue(server.call("status").contains(", not yet warm, "));
        until("it is warm", () -> !server.log(" warm").isEmpty());
        assertFalse(Files.exists(server.folder.resolve("warm")), "its project stays");
        assertTrue(server.call("status").contains(", warm, "));
        assertEquals(1, server.log(" served: ").size());
        assertEquals(0, project.torc("build").exit());
        assertEquals(2, server.log(" served: ").size());
        assertEquals(List.of(), server.log("not warm"));
      } finally {
        server.stop();
      }
    }
  }
}
