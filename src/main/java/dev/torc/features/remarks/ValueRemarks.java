package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What looks wrong in the values of groups and in the names of their parameters. A group without
 * any instance has such lines too, so no job leads to them.
 */
public final class ValueRemarks {

  /** Variables that many programs read: language, time zone, places of files and modules. */
  private static final Set<String> READ =
      Set.of("LANG TZ TMPDIR PYTHONPATH PYTHONHOME R_HOME R_LIBS PERL5LIB JAVA_HOME".split(" "));

  private ValueRemarks() {}

  /** Returns the warnings about the values of groups that are targets or needed. */
  public static List<Diagnostic> of(Graph graph, JobSelection selection, List<String> targets) {
    Set<String> asked = new HashSet<>();
    List<Group> odd =
        graph.workflow().groups().stream().filter(g -> !g.sources().warnings().isEmpty()).toList();
    if (!odd.isEmpty() && selection.targeted()) {
      targets.forEach(target -> asked.add(InstanceName.parse(target).group()));
      for (int id : selection.jobs().stream().toArray()) {
        Job job = graph.job(id);
        job.links().after().forEach(ref -> asked.add(InstanceName.parse(ref.job()).group()));
        for (Ref ref : job.needRefs()) {
          if (ref instanceof Ref.OfJob of) {
            asked.add(InstanceName.parse(of.job()).group());
          }
        }
      }
    }
    return odd.stream()
        .filter(group -> !selection.targeted() || asked.contains(group.name()))
        .flatMap(group -> group.sources().warnings().stream())
        .distinct() // two groups may read one table
        .toList();
  }

  /** Says which parameters of a job are variables that many programs read. */
  static void parameters(RemarkedJob of) {
    for (String name : of.job().group() == null ? Set.<String>of() : of.job().namedBy().keySet()) {
      if (READ.contains(name) || name.startsWith("LC_")) {
        String line =
            "parameter %s of %s is in the environment of its jobs, where programs read it; if"
                + " that is not meant, rename it, or name the other columns of its table in"
                + " `columns`";
        of.say(name, of.job().place(), line.formatted(name, of.job().group()));
      }
    }
  }

  /**
   * Says which needed values have a name that fits two jobs, as {@code train} and {@code
   * train.val}.
   */
  static void readings(RemarkedJob of) {
    for (Ref ref : of.job().needRefs()) {
      if (ref instanceof Ref.OfData data && data.readings().size() > 1) {
        readings(of.graph(), data).forEach(line -> of.say(line, data.place(), line));
      }
    }
  }

  private static Stream<String> readings(Graph graph, Ref.OfData data) {
    Ref.OfData meant = graph.readingOf(data);
    String group = InstanceName.parse(meant.job()).group();
    return data.readings().stream()
        // Another dot in a parameter's value still means the same group.
        .filter(other -> !InstanceName.parse(other.job()).group().equals(group))
        .filter(other -> graph.nodesInNeed(other.job()) != null)
        .map(
            other ->
                "data %s is %s of job %s; %s of job %s has the same name; rename one"
                    .formatted(data.written(), meant.key(), meant.job(), other.key(), other.job()));
  }
}
