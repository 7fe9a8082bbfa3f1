package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whether Slurm is here and answers, for a command that only tells it.
 *
 * @param version as its programs say it; empty where there are none
 * @param trouble why its controller cannot be asked, empty where it can
 */
public record SlurmLook(String version, String trouble) {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Looks; takes five seconds where the controller does not answer. */
  public static SlurmLook of(Map<String, String> env) {
    ProgramOutput version = ProgramOutput.of(List.of("sbatch", "--version"), env, null, PATIENCE);
    if (!version.ok()) {
      return new SlurmLook("", version.said());
    }
    ProgramOutput ping = ProgramOutput.of(List.of("scontrol", "ping"), env, null, PATIENCE);
    boolean up = ping.ok() && ping.text().contains(" UP");
    return new SlurmLook(
        version.text(),
        up ? "" : ping.text().isEmpty() ? ping.said() : ping.text().lines().findFirst().orElse(""));
  }
}
