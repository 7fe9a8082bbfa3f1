package dev.torc.features.environments;

import dev.torc.base.digests.Stamp;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Surroundings;
import dev.torc.core.run.AttemptFailure;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup.AttemptContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of an attempt that runs in an environment: gives its processes the variables that
 * activation sets. No process stands between.
 */
public final class InEnvironment implements AttemptPart {

  private final AttemptContext common;
  private final Map<String, String> caller;
  private final Map<Path, EnvironmentLock> used;
  private final int id;

  /**
   * Prepares an attempt.
   *
   * @param caller the caller's environment
   * @param used the locks of the shared environments that this build uses, until it ends
   */
  public InEnvironment(
      AttemptContext common, int id, Map<String, String> caller, Map<Path, EnvironmentLock> used) {
    this.used = used;
    this.common = common;
    this.caller = caller;
    this.id = id;
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    Job job = common.graph().job(id);
    Surroundings in = job.surroundings();
    MadeEnvironment made =
        MadeEnvironment.of(
            common.graph().workflow().root(), job, common.decider().environment(id, snapshot));
    Activation activation = !made.shared() || isUsed(made) ? made.activation() : null;
    if (activation == null) {
      throw new AttemptFailure(
          "environment %s was changed or removed meanwhile; run torc again".formatted(in.name()));
    }
    List<Step> declared = job.runs().steps();
    int recovering = launch.steps().size() - declared.size();
    List<Launch.Step> steps = new ArrayList<>();
    for (Launch.Step each : launch.steps()) {
      Set<String> own = new HashSet<>();
      declared
          .get(Math.max(0, steps.size() - recovering))
          .env()
          .forEach((name, value) -> value.ifPresent(_ -> own.add(name)));
      Map<String, String> env = new HashMap<>(each.env());
      activation.apply(env, caller, own);
      steps.add(new Launch.Step(each.argv(), each.dir(), env, each.container(), each.secrets()));
    }
    return launch.running(steps, launch.output());
  }

  /** Returns whether this build has the lock of a shared environment, or gets it now. */
  private boolean isUsed(MadeEnvironment made) throws IOException {
    synchronized (used) {
      EnvironmentLock lock = used.get(made.folder());
      if (lock == null) {
        lock = EnvironmentLock.take(made, false, common.machines().here());
        if (lock != null) {
          used.put(made.folder(), lock);
          made.use();
        }
      }
      return lock != null;
    }
  }
}
