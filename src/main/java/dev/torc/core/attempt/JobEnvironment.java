package dev.torc.core.attempt;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.core.here.Launch;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.queue.Granted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides which variables the processes of a job get besides the caller's, and writes the files
 * that {@code TORC_NEEDS} and {@code TORC_DATA} name. A null value removes a variable. Command
 * lines are made in {@link LaunchBuilder}, and a variable with a hidden slot by its feature.
 *
 * @param inherited entries for every job, such as MAKEFLAGS without a jobserver
 * @param shared the names of files for several jobs that were already written
 */
record JobEnvironment(
    CachePlace place,
    Path root,
    String build,
    Map<String, String> inherited,
    Map<String, String> caller,
    Set<String> shared) {

  private static final String MAKEFLAGS = "MAKEFLAGS";

  /** Hides all GPUs from HIP; an empty list would hide none. */
  private static final String NO_GPU = "-1";

  private static final String NO_DATA = ".data.json";
  private static final String NO_NEEDS = ".needs";

  /** Variables from which numeric libraries and language runtimes take their number of threads. */
  private static final List<String> THREADS =
      List.of(
          """
          OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS VECLIB_MAXIMUM_THREADS
          NUMEXPR_NUM_THREADS RAYON_NUM_THREADS JULIA_NUM_THREADS
          """
              .split("\\s+"));

  /** Returns the entries for every job, and those of a mark. */
  Map<String, String> of(Map<String, String> mark) {
    Map<String, String> env = new LinkedHashMap<>(inherited);
    env.putAll(mark);
    return env;
  }

  /**
   * Returns the environment entries that identify processes: those of {@link Launch#mark}, for a
   * later torc, and one that distinguishes a job's processes from those of its hooks.
   */
  Map<String, String> mark(String job, String last, String value) {
    Map<String, String> mark = new HashMap<>(Launch.mark(build, job, root));
    mark.put(last, value);
    return mark;
  }

  /** Returns the entries for all steps of an attempt, and writes the files that they name. */
  Map<String, String> ofAttempt(
      Map<String, String> mark, JobFiles files, PlaceholderValues values, String why)
      throws IOException {
    Job job = values.job();
    Granted granted = values.granted();
    Map<String, String> env = of(mark);
    env.put("TORC_REASON", why);
    if (values.moved() != null) {
      env.put(values.moved().variable(), values.root().toString());
    }
    env.put("TORC_CPUS", Long.toString(granted.cpus()));
    if (granted.memoryMiB() >= 0) {
      env.put("TORC_MEMORY", Long.toString(granted.memoryMiB()));
    }
    if (granted.gpus() != null) {
      String gpus = String.join(",", granted.gpus());
      env.put("TORC_GPUS", gpus);
      if (!gpus.isEmpty() || job.runs().resources().askedGpus() == 0) {
        env.put("CUDA_VISIBLE_DEVICES", gpus);
        env.put("HIP_VISIBLE_DEVICES", gpus.isEmpty() ? NO_GPU : gpus);
      }
    }
    if (JobFiles.hasTmp(job)) {
      env.put(JobFiles.TMP, values.tmp().toString());
    }
    boolean lists = JobFiles.lists(job);
    env.put("TORC_NEEDS", lists ? list(files, "", values.needs()) : shared(files, NO_NEEDS, ""));
    SortedMap<String, String> data = values.contents().data();
    env.put(
        "TORC_DATA",
        data.isEmpty()
            ? shared(files, NO_DATA, "{}")
            : files.write(files.values(), JsonText.object(data)));
    for (LinesFile lines : List.of(files.output(), files.eventLines())) {
      env.put(lines.name(), lines.path().toString());
    }
    for (Item item : job.links().needs()) {
      if (item.isNamed()) {
        env.put("TORC_NEEDS_" + item.name(), list(files, item.name(), values.needs(item)));
      }
    }
    return env;
  }

  private static String list(JobFiles files, String item, List<String> paths) throws IOException {
    return files.write(files.needs(item), paths.isEmpty() ? "" : String.join("\n", paths) + "\n");
  }

  /** Returns the path of a file that jobs share, and writes the file for the first of them. */
  private synchronized String shared(JobFiles files, String name, String text) throws IOException {
    Path file = place.jobs().resolve(name);
    if (!shared.contains(name)) {
      files.write(file, text);
      shared.add(name);
    }
    return file.toString();
  }

  /** Adds the thread counts of a step, and what its {@code env} sets. */
  void addOwn(Step step, PlaceholderValues values, Map<String, String> env) {
    if (values.job().runs().resources().askedCpus() > 0) {
      addThreads(step, values.granted().cpus(), env);
    }
    for (Map.Entry<String, Optional<Template>> entry : step.env().entrySet()) {
      Template text = entry.getValue().orElse(null);
      if (text != null && text.hidden().isEmpty()) {
        env.put(entry.getKey(), text.render(slot -> value(slot, values, step)));
      }
    }
  }

  /** Adds the thread counts that neither the job nor, outside a container, the caller sets. */
  private void addThreads(Step step, long cpus, Map<String, String> env) {
    for (String name : THREADS) {
      String callers = caller.get(name);
      if (!step.env().containsKey(name) && (callers == null || step.image() != null)) {
        env.put(name, callers == null ? Long.toString(cpus) : callers);
      }
    }
  }

  private List<String> value(Template.Part.Slot slot, PlaceholderValues values, Step step) {
    return switch (slot.name()) {
      case "env" -> List.of(callers(slot));
      case "tmp" -> List.of(values.tmp().toString()); // as a variable, other folders see it too
      default -> values.of(slot, step.dir());
    };
  }

  /** Returns the value of a variable in jobs that do not set it; empty if it is unset. */
  private String callers(Template.Part.Slot slot) {
    String name = slot.member();
    String value = inherited.containsKey(name) ? inherited.get(name) : caller.get(name);
    if (value != null && value.indexOf('\ufffd') >= 0) {
      throw new BadInput(slot.place(), slot + ": the caller's value is not valid UTF-8");
    }
    return value == null ? "" : value;
  }

  /** Returns the environment of a step in its container, which gets nothing else of the caller. */
  Map<String, String> inContainer(Map<String, String> env, Step step) {
    Map<String, String> inside = new TreeMap<>(env);
    for (Map.Entry<String, Optional<Template>> own : step.env().entrySet()) {
      if (own.getValue().isEmpty() && caller.containsKey(own.getKey())) {
        inside.put(own.getKey(), caller.get(own.getKey()));
      }
    }
    inside.values().removeIf(Objects::isNull);
    if (!step.env().containsKey(MAKEFLAGS)) {
      inside.remove(MAKEFLAGS);
    }
    return inside;
  }
}
