package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.machine.GpuLoad.Load;
import dev.torc.base.posix.FreshProgram;
import dev.torc.base.posix.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GpuLoadTest {

  private static final long MIB = 1 << 20;
  private static final Set<Integer> NONE = Set.of();

  @TempDir Path dir;

  @Test
  void theVendorsToolIsHeardAsLongAsItIsAsked() throws Exception {
    Path tool = dir.resolve("nvidia-smi");
    FreshProgram.write(
        tool,
        """
        #!/bin/sh
        echo $$ >> %s/pids
        case $1 in
          *gpu=*) printf '0, GPU-aa-bb, 35, 100\\n1, GPU-cc-dd, [N/A], [N/A]\\n' ;;
          *) printf '7, GPU-aa-bb, 20\\n7, GPU-ee-ff, 3\\n8, GPU-aa-bb, [N/A]\\n' ;;
        esac
        echo '2, GPU-ee-ff, 100, 5'
        exec sleep 1000
        """
            .formatted(dir));
    GpuLoad load = new GpuLoad(tool.toString(), Map.of("PATH", "/bin:/usr/bin"));
    assertEquals(Load.UNKNOWN, load.all());
    try (load) {
      load.begin();
      while (load.ofJob("2", NONE).busy() < 0 || load.ofJob("", Set.of(7)).memory() < 23 * MIB) {
        Thread.sleep(5); // until the tool has printed
      }
      load.begin();
      assertEquals(new Load(35, 100 * MIB), load.ofJob("0", NONE));
      assertEquals(new Load(135, 105 * MIB), load.ofJob("0,2", NONE));
      assertEquals(new Load(135, 105 * MIB), load.ofJob("GPU-aa,GPU-ee-ff", Set.of(8, 9)));
      assertEquals(new Load(35, 23 * MIB), load.ofJob("0", Set.of(7, 9)), "of its processes alone");
      assertEquals(Load.UNKNOWN, load.ofJob("1", NONE));
      assertEquals(Load.UNKNOWN, load.ofJob("", NONE));
      assertEquals(new Load(135, 105 * MIB), load.all());
    }
    for (String pid : Files.readAllLines(dir.resolve("pids"))) {
      while (OtherProcess.runs(Long.parseLong(pid))) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void withoutAToolNothingIsKnown() throws IOException {
    try (GpuLoad load = new GpuLoad(dir.resolve("none").toString(), Map.of())) {
      load.begin();
      assertEquals(Load.UNKNOWN, load.ofJob("0", NONE));
    }
  }

  @Test
  void otherLinesAreNothing() {
    GpuLoad load = new GpuLoad(Map.of());
    load.readCard("Failed to initialize NVML: Driver/library version mismatch");
    load.readCard("0, GPU-aa, 1000000000000000000000, 7 MiB");
    load.readCard("");
    load.readProcess("No running processes found");
    assertEquals(Load.UNKNOWN, load.all());
  }
}
