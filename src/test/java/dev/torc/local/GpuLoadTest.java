package dev.torc.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GpuLoadTest {

  @TempDir Path dir;

  @Test
  void theVendorsToolIsHeardAsLongAsItIsAsked() throws Exception {
    Path tool = dir.resolve("nvidia-smi");
    FreshProgram.write(
        tool,
        """
        #!/bin/sh
        echo $$ > %s/pid
        echo '0, GPU-aa-bb, 35'
        echo '1, GPU-cc-dd, [N/A]'
        echo '2, GPU-ee-ff, 100'
        exec sleep 1000
        """
            .formatted(dir));
    GpuLoad load = new GpuLoad(List.of(tool.toString()), Map.of("PATH", "/bin:/usr/bin"));
    assertEquals(-1, load.all());
    try (load) {
      load.look();
      while (load.of("2") < 0) {
        Thread.sleep(5); // until the tool has printed
      }
      load.look();
      assertEquals(35, load.of("0"));
      assertEquals(135, load.of("0,2"));
      assertEquals(135, load.of("GPU-aa-bb,GPU-ee-ff"));
      assertEquals(-1, load.of("1"));
      assertEquals(-1, load.of(""));
      assertEquals(135, load.all());
    }
    String pid = Files.readString(dir.resolve("pid")).strip();
    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ended -> ended.onExit().join());
  }

  @Test
  void withoutAToolNothingIsKnown() throws IOException {
    try (GpuLoad load = new GpuLoad(List.of(dir.resolve("none").toString()), Map.of())) {
      load.look();
      assertEquals(-1, load.of("0"));
    }
  }

  @Test
  void otherLinesAreNothing() {
    GpuLoad load = new GpuLoad(Map.of());
    load.take("Failed to initialize NVML: Driver/library version mismatch");
    load.take("0, GPU-aa, 1000000000000000000000");
    load.take("");
    assertEquals(-1, load.all());
  }
}
