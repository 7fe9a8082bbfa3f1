package dev.torc.features.environments;

import dev.torc.base.digests.Stamp;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.LinesFile;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
  private final UsedEnvironments used;
  private final int id;
  private final boolean remote;

  /**
   * Prepares an attempt.
   *
   * @param caller the caller's environment
   */
  public InEnvironment(
      AttemptContext common,
      int id,
      JobAttempts attempts,
      Map<String, String> caller,
      UsedEnvironments used) {
    this.used = used;
    this.common = common;
    this.caller = caller;
    this.id = id;
    this.remote = attempts.executor() != null;
  }

  @Override
  public boolean surrounds() {
    return true;
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    Job job = common.graph().job(id);
    Surroundings in = job.surroundings();
    MadeEnvironment made =
        MadeEnvironment.of(
            common.graph().workflow().root(), job, Manifest.environment(job, snapshot));
    used.warn(made, job, common.removal().note());
    boolean held = !made.shared() || used.uses(made, common.machines().here());
    ActivationRecipe recipe = held ? made.recipe() : null;
    if (recipe == null) {
      throw new AttemptFailure(
          "environment %s was changed or removed meanwhile; run torc again".formatted(in.name()));
    }
    boolean loads = loads();
    if (loads) {
      loaded().clear(common.digests());
    }
    List<Step> declared = job.runs().steps();
    Activation activation =
        loads
            ? null
            : used.activation(
                made, recipe, activate(in, made.folder()), common.launches().place(), launch);
    int recovering = launch.steps().size() - declared.size();
    List<Launch.Step> steps = new ArrayList<>();
    for (Launch.Step each : launch.steps()) {
      Set<String> own = new HashSet<>();
      Step of = declared.get(Math.max(0, steps.size() - recovering));
      of.env().forEach((name, value) -> value.ifPresent(_ -> own.add(name)));
      Map<String, String> env = new HashMap<>(each.env());
      Map<String, String> secrets = new HashMap<>(each.secrets());
      if (!loads) {
        activation.apply(env, caller, own);
      }
      for (String name : remote ? recipe.personal() : Set.<String>of()) {
        if (env.get(name) != null && !own.contains(name)) {
          secrets.put(name, env.remove(name)); // a script would show it
        }
      }
      List<String> argv = loads ? loading(in, made.folder(), each, own) : each.argv();
      steps.add(new Launch.Step(argv, each.dir(), env, each.container(), secrets));
    }
    return launch.running(steps, launch.output());
  }

  /** Returns whether the job's script loads modules on another machine. */
  private boolean loads() {
    return remote && MadeEnvironment.isOfModules(common.graph().job(id).surroundings());
  }

  private LinesFile loaded() {
    return common.launches().files(common.graph().job(id).name()).modules();
  }

  /** Warns if the node loaded other modules than this machine does: those are in the manifest. */
  @Override
  public void find(FoundNeeds needs, NeedSnapshot snapshot, Stamp begin, String message)
      throws IOException {
    List<String> lines = loads() ? loaded().lines(common.digests()) : List.of();
    Job job = common.graph().job(id);
    if (lines.isEmpty()) {
      return;
    }
    Set<String> there = new LinkedHashSet<>(ActivationLooks.names(lines.getLast()));
    Set<String> here = new LinkedHashSet<>(snapshot.ofLoaded(job).names());
    Set<String> missing = new LinkedHashSet<>(here);
    missing.removeAll(there);
    there.removeAll(here);
    if (!there.isEmpty() || !missing.isEmpty()) {
      used.warn(
          "environment %s: a node loaded %s, and this machine %s, which counts"
              .formatted(job.surroundings().name(), shown(there), shown(missing)),
          common.removal().note());
    }
    loaded().clear(common.digests());
  }

  private static String shown(Set<String> names) {
    return names.isEmpty() ? "nothing else" : SafeText.names(List.copyOf(names), 3);
  }

  /** Returns the command that enters an environment in a folder. */
  private String activate(Surroundings in, Path folder) {
    Job maker = common.graph().job(common.graph().jobId(in.maker()));
    return EnvironmentMaking.text(maker, EnvironmentMaking.ACTIVATE, folder);
  }

  /** Returns a command that loads modules on the node, then becomes that of the step. */
  private List<String> loading(Surroundings in, Path folder, Launch.Step step, Set<String> own) {
    StringBuilder script = new StringBuilder();
    StringBuilder again = new StringBuilder(" || exit\n");
    for (String name : own) {
      String callers = caller.getOrDefault(name, "");
      if (callers.isEmpty() || !step.env().get(name).contains(callers)) {
        script.append("torc_own_%s=$%1$s\n".formatted(name));
        again.append("export %s=$torc_own_%1$s\n".formatted(name));
      }
    }
    String list = " && printf '%s\\n' \"$LOADEDMODULES\" >> ";
    script.append(activate(in, folder)).append(list);
    script.append(SafeText.quoted(loaded().path().toString()));
    script.append(again).append("exec \"$@\"");
    List<String> argv = new ArrayList<>(List.of("bash", "-c", script.toString(), "bash"));
    argv.addAll(step.argv());
    return argv;
  }
}
