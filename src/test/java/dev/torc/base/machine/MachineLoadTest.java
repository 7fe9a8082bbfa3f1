package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLoadTest {

  @TempDir Path system;

  private void file(String name, String text) throws IOException {
    Path file = system.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @BeforeEach
  void machine() throws IOException {
    file("proc/stat", "cpu  10 20 30 1000 2000 1 2 3 400 500\ncpu0 1 1 1 1\n");
    file("proc/meminfo", "MemTotal:   1000 kB\nMemFree: 10 kB\nMemAvailable:   400 kB\n");
  }

  @Test
  void withoutACgroupTheMachineCounts() {
    MachineLoad.Reading now = new MachineLoad(system).read();
    assertEquals((10 + 20 + 30 + 1 + 2 + 3) * 10_000_000L, now.cpu());
    assertEquals(600 * 1024, now.memory());
  }

  @Test
  void theCgroupWhoseLimitsHoldCounts() throws IOException {
    file("proc/self/cgroup", "1:cpu:/x\n0::/jobs/mine\n");
    file("sys/fs/cgroup/jobs/mine/cpu.max", "max 100000\n");
    file("sys/fs/cgroup/jobs/mine/memory.max", "2000000\n");
    file("sys/fs/cgroup/jobs/mine/memory.current", "1500000\n");
    file("sys/fs/cgroup/jobs/mine/memory.stat", "anon 9\ninactive_file 500000\n");
    file("sys/fs/cgroup/jobs/cpu.max", "200000 100000\n");
    file("sys/fs/cgroup/jobs/cpu.stat", "usage_usec 7\nuser_usec 5\n");
    MachineLoad.Reading now = new MachineLoad(system).read();
    assertEquals(7000, now.cpu());
    assertEquals(1_000_000, now.memory());
  }

  @Test
  void aCgroupWithoutLimitsIsTheMachine() throws IOException {
    file("proc/self/cgroup", "0::/../outside\n");
    file("sys/fs/cgroup/memory.max", "max\n");
    assertEquals(600 * 1024, new MachineLoad(system).read().memory());
  }

  @Test
  void anotherSystemTellsNothing() throws IOException {
    Files.delete(system.resolve("proc/stat"));
    assertNull(new MachineLoad(system).read());
  }

  @Test
  void aPointIsWhatWasUsedSince() {
    MachineLoad.Reading before = new MachineLoad.Reading(1_000, 50_000, 1);
    Series.Point point =
        new MachineLoad.Reading(2_000, 51_500, 7).since(before, 9, GpuLoad.Load.UNKNOWN);
    assertEquals(new Series.Point(9, 150, 7, -1, -1), point);
  }

  @Test
  void thisMachineCanBeRead() {
    if (Files.exists(Path.of("/proc/meminfo"))) {
      assertTrue(new MachineLoad(Path.of("/")).read().memory() > 1_000_000);
    } else {
      assertNull(new MachineLoad(Path.of("/")).read());
    }
  }
}
