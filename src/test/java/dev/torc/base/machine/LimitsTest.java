package dev.torc.base.machine;

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
    return Limits.of(system, environment, 1, () -> 5).gpus().ids();
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
    assertEquals(List.of(), gpus(Map.of()));
    for (String name : List.of("nvidia0", "nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm")) {
      write("dev/" + name, "");
    }
    assertEquals(List.of("0", "1", "2"), gpus(Map.of()), "as CUDA numbers them");
    assertEquals(List.of("2", "0"), cuda("2, 0"));
    assertEquals(List.of("0"), cuda("0,-1,2"));
    assertEquals(List.of("0"), cuda("0,3,1"), "no such device");
    for (String none : List.of("", "-1", "NoDevFiles", "3")) {
      assertEquals(List.of(), cuda(none));
    }
    assertEquals(List.of("0", "1"), gpus(Map.of("HIP_VISIBLE_DEVICES", "0")).subList(0, 2));
  }

  @Test
  void rule12NoGpuIsListedTwice() throws IOException {
    write("dev/nvidia0", "");
    write("dev/nvidia1", "");
    assertEquals(List.of("0", "1"), cuda("0,0,00,1"));
    assertEquals(List.of("GPU-1f"), cuda("GPU-1f,GPU-1fa"), "a UUID may be cut short");
    assertEquals(List.of("GPU-1f"), cuda("GPU-1f,1"), "it may be the same card");
    assertEquals(List.of("GPU-a", "GPU-b"), cuda("GPU-a,GPU-b,GPU-c"), "there are only two");
    List<String> parts = List.of("MIG-a", "MIG-b", "MIG-GPU-c/1/0");
    assertEquals(parts, cuda(String.join(",", parts)));
  }

  @Test
  void ifNoDeviceShowsTheVariableNamesThem() {
    assertEquals(List.of("2", "3"), cuda("2,3"));
    assertEquals(List.of("GPU-1f"), cuda("GPU-1f"));
    assertEquals(List.of(), cuda("-1"));
    assertEquals(List.of("0", "1"), gpus(Map.of("ROCR_VISIBLE_DEVICES", "4,5")));
    assertTrue(Limits.of(system, Map.of(), 1, () -> 5).gpus().isUnknown());
    Limits none = Limits.of(system, Map.of("CUDA_VISIBLE_DEVICES", ""), 1, () -> 5);
    assertEquals("CUDA_VISIBLE_DEVICES= leaves 0", none.gpus().words());
  }

  private List<String> cuda(String value) {
    return gpus(Map.of("CUDA_VISIBLE_DEVICES", value));
  }

  @Test
  void gpusOfAmd() throws IOException {
    write("sys/class/kfd/kfd/topology/nodes/0/gpu_id", "0");
    write("sys/class/kfd/kfd/topology/nodes/1/gpu_id", "4711");
    write("sys/class/kfd/kfd/topology/nodes/2/gpu_id", "4712");
    assertEquals(List.of("0", "1"), gpus(Map.of()));
    assertEquals(List.of("1"), gpus(Map.of("HIP_VISIBLE_DEVICES", "1")));
    assertEquals(List.of("1"), cuda("1"), "HIP reads it too");
    Map<String, String> both = Map.of("ROCR_VISIBLE_DEVICES", "1", "HIP_VISIBLE_DEVICES", "0,1");
    assertEquals(List.of("0"), gpus(both), "HIP numbers what ROCr shows");
  }

  @Test
  void thisMachineHasSome() {
    Limits here = Limits.here(System.getenv());
    assertTrue(here.cpus() >= 1);
    assertTrue(here.memory() > 1L << 26);
    assertTrue(Limits.ofMachine() >= here.memory() / 2);
  }

  /** Rule 12: of several limits on cpus the smallest counts. */
  @Test
  void ofTheVariablesOfSchedulersTheSmallestNumberCounts() {
    Map<String, String> env =
        Map.of("SLURM_CPUS_PER_TASK", "4", "NSLOTS", "3", "LSB_DJOB_NUMPROC", "8");
    assertEquals("NSLOTS", Limits.scheduled(env, 64));
    assertEquals(null, Limits.scheduled(env, 3));
    assertEquals(null, Limits.scheduled(env, 2));
    assertEquals(null, Limits.scheduled(Map.of("NSLOTS", "0"), 64));
    assertEquals(null, Limits.scheduled(Map.of("NSLOTS", "many"), 64));
    assertEquals(null, Limits.fewer(Map.of()));
    int all = Runtime.getRuntime().availableProcessors();
    assertEquals(
        all > 1 ? "using 1 of " + all + " cpus, as NSLOTS says; --limit cpus=N changes this" : null,
        Limits.fewer(Map.of("NSLOTS", "1")));
    assertEquals(1, Limits.here(Map.of("NSLOTS", "1")).cpus());
  }
}
