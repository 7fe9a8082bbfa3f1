package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.show.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {

  @TempDir Path cwd;

  @Test
  void bytesComeOutAsTheyAre() throws IOException {
    new Folder(cwd)
        .put("torc.yaml", "jobs: { a: { command: printf '\\377\\000\\r\\n' } }\n")
        .build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    int exit =
        Main.run(
            new String[] {"log", "a"},
            Run.console(cwd, Console.writer(out, "standard output"), err, Map.of()));
    assertEquals(0, exit, err.toString());
    assertArrayEquals(new byte[] {(byte) 0xff, 0, '\r', '\n'}, out.toByteArray());
  }
}
