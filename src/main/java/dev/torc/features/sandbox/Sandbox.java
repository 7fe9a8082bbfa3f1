package dev.torc.features.sandbox;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a job runs in a folder of its own. A job carries this as an extra, which does not count if
 * only a call asks for it.
 *
 * @param link the size in bytes from which a need is linked instead of copied; 0 for none
 * @param up how many folders above the root hold its products and its needs with {@code ..}
 * @param needed the same of its needs alone: what lies further away is used in its own place
 */
public record Sandbox(long link, int up, int needed) {

  public static final String KEY = "sandbox";

  /** How many files are named in a line. */
  static final int FEW = 3;

  /** Returns how a job runs; null if it runs in the root. */
  public static Sandbox of(Job job) {
    Template text = job.extra(KEY);
    if (text == null) {
      return null;
    }
    String told = text.declared();
    return new Sandbox(value(told, "link"), (int) value(told, "up"), (int) value(told, "needed"));
  }

  private static long value(String text, String key) {
    int at = text.indexOf(key + "=");
    return at < 0 ? 0 : Long.parseLong(text.substring(at + key.length() + 1).split(" ")[0]);
  }

  /**
   * Returns a line about those of some jobs that run in the root although a call asks otherwise.
   */
  public static Optional<String> inRoot(Graph graph, BitSet jobs) {
    Set<String> names = new LinkedHashSet<>();
    for (int id : graph.inOrder(jobs)) {
      Job job = graph.isJob(id) ? graph.job(id) : null;
      if (job != null && of(job) == null) {
        names.add(SafeText.name(job.group() == null ? job.name() : job.group()));
      }
    }
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "--sandbox does not apply to jobs with persist, trace or a dir outside: "
                + String.join(", ", names));
  }

  /**
   * Returns a line about the needs of a job that would be linked now; none without {@code link}.
   */
  public static List<String> linking(PlanContext context, int id) {
    Job job = context.graph().job(id);
    Sandbox kind = of(job);
    if (kind == null || kind.link == 0) {
      return List.of();
    }
    Path root = context.graph().workflow().root();
    Set<String> needs = new LinkedHashSet<>();
    for (int file : context.graph().needs().row(id)) {
      needs.add(context.graph().path(file));
    }
    for (int list : context.graph().listNeeds().row(id)) {
      needs.addAll(context.contents().filesOf(id).files(list));
    }
    List<String> large = new ArrayList<>();
    for (String need : needs) {
      long size = root.resolve(need).toFile().length();
      if (size >= kind.link && Files.isRegularFile(root.resolve(need))) {
        large.add(linked(need, size));
      }
    }
    return large.isEmpty() ? List.of() : List.of(linking(job, large));
  }

  static String linked(String need, long size) {
    return need + " (" + Amount.size(size, size) + ")";
  }

  /** Returns a line about linked needs. */
  static String linking(Job job, List<String> files) {
    return "job %s gets links to %s; writing to one changes the file"
        .formatted(SafeText.name(job.name()), SafeText.names(files, FEW));
  }

  /** Returns what a job carries; {@code own} says that it asks for this itself. */
  Extra extra(boolean own) {
    String text =
        "true"
            + (link == 0 ? "" : " link=" + link)
            + (up == 0 ? "" : " up=" + up + " needed=" + needed);
    return new Extra(Template.of(text), own ? Extra.COUNTS : Extra.NONE);
  }
}
