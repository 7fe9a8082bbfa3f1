package dev.torc.features.intents;

import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;

/**
 * {@code output: raw}: a job's standard output is that of torc, byte for byte, so that a script can
 * use it. Its log has only its standard error. Which job that is, if any, {@code RawJob} in package
 * {@code cli} decides.
 */
public final class RawOutput implements AttemptPart {

  /** The key of a job, and the option. */
  public static final String KEY = "output";

  /** Its value. */
  public static final String RAW = "raw";

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) {
    return launch.running(launch.steps(), launch.output().toCaller());
  }
}
