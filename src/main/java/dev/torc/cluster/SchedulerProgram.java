package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One kind of question to a scheduler: no two are asked at once, and none longer than its patience.
 */
record SchedulerProgram(Map<String, String> env, Path folder, Duration patience) {

  /** Runs a command, looked for in the PATH of its environment, and waits for its end. */
  synchronized ProgramOutput ask(List<String> argv) {
    return ProgramOutput.of(argv, env, folder, patience);
  }
}
