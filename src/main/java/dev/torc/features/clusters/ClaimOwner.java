package dev.torc.features.clusters;

import java.nio.file.Path;
import java.util.Map;

/**
 * The process that claimed or started a job: a script on its node, or a torc.
 *
 * @param build the id of a torc's build; null for a script
 * @param boot the id of the host's boot
 * @param start when the process was started, in the kernel's ticks since boot; 0 if unknown
 * @param time when the claim was made, in seconds since 1970 by the host's clock
 */
public record ClaimOwner(String build, String host, String boot, long pid, long start, long time) {

  public static ClaimOwner here(String build, Map<String, String> env, String boot) {
    String host = env.getOrDefault("HOSTNAME", "localhost");
    long pid = ProcessHandle.current().pid();
    return new ClaimOwner(build, host, boot, pid, 0, System.currentTimeMillis() / 1000);
  }

  /** Returns whether the owner is a torc: then no script will start the job. */
  public boolean isTorc() {
    return build != null;
  }

  /** Returns the owner in a file; null if it is missing, incomplete or invalid. */
  static ClaimOwner read(Path file) {
    return BatchWord.read(file, ClaimOwner::of);
  }

  private static ClaimOwner of(BatchWord word) {
    String by = word.text("by");
    String build = by.equals("script") ? null : by.substring(5);
    long start = word.number("start");
    long time = word.number("time");
    return new ClaimOwner(
        build, word.text("host"), word.text("boot"), word.number("pid"), start, time);
  }

  byte[] word() {
    return BatchWord.whole(
        "by %s\nhost %s\nboot %s\npid %d\nstart %d\ntime %d\n"
            .formatted(isTorc() ? "torc " + build : "script", host, boot, pid, start, time));
  }
}
