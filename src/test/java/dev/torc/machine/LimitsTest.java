package dev.torc.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of the machine are those of the cgroup where there is one. */
class LimitsTest {

  private static final long GIB = 1L << 30;

  private final FileSystem disk = Jimfs.newFileSystem(Configuration.unix());
  private final Path system = disk.getPath("/");

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  private void write(String path, String text) throws IOException {
    Path file = system.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private long memory() {
    return Limits.of(system, Map.of(), 1, () -> 5).memory();
  }

  private List<String> gpus(Map<String, String> environment) {
    return Limits.of(system, environment, 1, () -> 5).gpus();
  }

  @Test
  void memoryOfTheMachineWithoutCgroup() throws IOException {
    assertEquals(5, memory(), "asked elsewhere");
    write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:        1 kB");
    assertEquals(16 * GIB, memory());
  }

  @Test
  void memoryOfVersion2IsTheLowestOnTheWayUp() throws IOException {
    write("proc/meminfo", "MemTotal:       16777216 kB");
    write("proc/self/cgroup", "0::/user.slice/job");
    write("sys/fs/cgroup/user.slice/job/memory.max", "max");
    assertEquals(16 * GIB, memory());
    write("sys/fs/cgroup/user.slice/memory.max", String.valueOf(4 * GIB));
    assertEquals(4 * GIB, memory());
    write("sys/fs/cgroup/user.slice/job/memory.max", String.valueOf(2 * GIB));
    assertEquals(2 * GIB, memory());
  }

  @Test
  void memoryOfVersion1() throws IOException {
    write("proc/meminfo", "MemTotal:       16777216 kB");
    write("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/docker/1f\n0::/");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
    assertEquals(16 * GIB, memory());
    write("sys/fs/cgroup/memory/docker/1f/memory.limit_in_bytes", String.valueOf(GIB));
    assertEquals(GIB, memory());
  }

  @Test
  void groupOutsideOfTheNamespaceCountsByTheMount() throws IOException {
    write("proc/meminfo", "MemTotal:       16777216 kB");
    write("proc/self/cgroup", "0::/../../job");
    write("sys/fs/cgroup/memory.max", String.valueOf(3 * GIB));
    assertEquals(3 * GIB, memory());
  }

  @Test
  void gpusAreThoseThatAreVisible() throws IOException {
    assertEquals(List.of(), gpus(Map.of("CUDA_VISIBLE_DEVICES", "0")));
    for (String name : List.of("nvidia0", "nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm")) {
      write("dev/" + name, "");
    }
    assertEquals(List.of("0", "2", "10"), gpus(Map.of()));
    assertEquals(List.of("10", "0"), gpus(Map.of("CUDA_VISIBLE_DEVICES", "10, 0")));
    assertEquals(List.of("0"), gpus(Map.of("CUDA_VISIBLE_DEVICES", "0,-1,2")));
    assertEquals(List.of(), gpus(Map.of("CUDA_VISIBLE_DEVICES", "")));
    assertEquals(List.of("GPU-1f"), gpus(Map.of("CUDA_VISIBLE_DEVICES", "GPU-1f,7")));
  }

  @Test
  void gpusOfAmd() throws IOException {
    write("sys/class/kfd/kfd/topology/nodes/0/gpu_id", "0");
    write("sys/class/kfd/kfd/topology/nodes/1/gpu_id", "4711");
    write("sys/class/kfd/kfd/topology/nodes/2/gpu_id", "4712");
    assertEquals(List.of("0", "1"), gpus(Map.of()));
    assertEquals(List.of("1"), gpus(Map.of("HIP_VISIBLE_DEVICES", "1")));
  }

  @Test
  void thisMachineHasSome() {
    Limits here = Limits.here(System.getenv());
    assertTrue(here.cpus() >= 1);
    assertTrue(here.memory() > 1L << 26);
    assertTrue(Limits.ofMachine() >= here.memory() / 2);
  }
}
