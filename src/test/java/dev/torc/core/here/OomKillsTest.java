package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.OomKills;
import dev.torc.base.posix.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule 12: a job that the kernel killed for memory is out of memory. */
class OomKillsTest {

  @TempDir Path system;

  private void write(String path, String text) throws IOException {
    Path file = system.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @ParameterizedTest
  @CsvSource({
    "0::/user.slice/job, sys/fs/cgroup/user.slice/job/memory.events",
    "0::/../../job, sys/fs/cgroup/memory.events",
    "4:cpu:/x|3:memory:/slurm|0::/, sys/fs/cgroup/memory/slurm/memory.oom_control",
  })
  void rule12TheCountersOfBothVersionsAreRead(String groups, String counter) throws IOException {
    write("proc/self/cgroup", groups.replace('|', '\n') + "\n");
    write(counter, "low 0\nhigh 3\noom 5\noom_kill 2\n");
    OomKills kills = new OomKills(system);
    assertFalse(kills.takeKill(), "the kills of before");
    write(counter, "low 0\nhigh 3\noom 6\noom_kill 3\noom_group_kill 0\n");
    assertTrue(kills.takeKill());
    assertFalse(kills.takeKill());
  }

  @Test
  void withoutACounterNothingIsTold() throws IOException {
    assertFalse(new OomKills(system).takeKill());
    write("proc/self/cgroup", "0::/\n");
    assertFalse(new OomKills(system).takeKill(), "the root group has none");
  }

  @ParameterizedTest
  @CsvSource({
    "kill -9 $$, MEMORY",
    "sh -c 'kill -9 $$', MEMORY",
    "exit 1, EXITED",
    "kill -15 $$, SIGNALED"
  })
  void rule12AJobThatDiesByKillMeanwhileIsOutOfMemory(String script, ProcessEnd.How how)
      throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.events", "oom_kill 0\n");
    Environment caller = Environment.ofCaller();
    try (LocalRunner runner = new LocalRunner(caller, Runner.GRACE, new OomKills(system))) {
      Path counter = system.resolve("sys/fs/cgroup/memory.events");
      assertEquals(how, run(runner, "echo oom_kill 1 > " + counter + "; " + script));
      run(runner, "kill -9 $$");
      assertEquals(ProcessEnd.How.SIGNALED, run(runner, "kill -9 $$"), "killed by hand");
    }
  }

  private ProcessEnd.How run(LocalRunner runner, String script) {
    Launch.Step step = new Launch.Step(List.of("sh", "-c", script), system, Map.of());
    Path log = system.resolve("log");
    return runner
        .run(
            new Launch(List.of(step), Launch.Output.of(log), 0, 0, Map.of("TORC_JOB", "j")),
            _ -> {})
        .how();
  }
}
