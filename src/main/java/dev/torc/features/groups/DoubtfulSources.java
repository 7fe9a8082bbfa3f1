package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Decides which files on disk count for a group although they match a product of the group itself.
 * Such a file is a source if no instance makes it, and an instance exists if its file is a source.
 * So the group is expanded first without these files; those that its instances make are not
 * sources. If files are left, the group is expanded with them: those that no instance makes even
 * then are sources. {@link GroupExpansion} runs the expansions.
 */
final class DoubtfulSources {

  private final List<AxisValues> axes;
  private final SortedSet<String> counted = new TreeSet<>();
  private SortedSet<String> trial; // null in an expansion without doubtful files
  private SortedSet<String> circle = new TreeSet<>();

  DoubtfulSources(List<AxisValues> axes) {
    this.axes = axes;
    count(Set.of());
  }

  private void count(Set<String> more) {
    Set<String> all = new HashSet<>(counted);
    all.addAll(more);
    axes.forEach(axis -> axis.count(all));
  }

  /** Returns whether there are files to decide about after an expansion. */
  boolean isAny() {
    return axes.stream().anyMatch(axis -> !axis.doubtful().isEmpty());
  }

  /** Decides by what the instances make; returns whether the group must be expanded again. */
  boolean decide(List<Makes> jobs) {
    SortedSet<String> asked = new TreeSet<>();
    axes.forEach(axis -> asked.addAll(axis.doubtful()));
    asked.removeAll(counted);
    asked.removeAll(circle);
    if (trial != null) {
      asked.retainAll(trial);
    }
    SortedSet<String> made = new TreeSet<>(asked);
    Set<String> files = new HashSet<>();
    jobs.forEach(job -> files.addAll(job.files()));
    made.removeIf(
        path -> !files.contains(path) && jobs.stream().noneMatch(job -> job.matches(path)));
    asked.removeAll(made);
    if (trial != null && made.isEmpty() || trial == null && asked.isEmpty()) {
      return false;
    }
    if (trial == null) {
      trial = asked;
      count(trial);
      return true;
    }
    if (asked.isEmpty()) {
      circle = made;
    }
    counted.addAll(asked);
    trial = null;
    count(Set.of());
    return true;
  }

  /** Returns a warning about files that only instances of each other would make; null for none. */
  BadInput.Diagnostic warning(Unit.Many group) {
    return circle.isEmpty()
        ? null
        : new BadInput.Diagnostic(
            group.entry().place(),
            "%s ignores %s, which its instances would make from each other; choose other names for the products"
                .formatted(group.name(), SafeText.names(List.copyOf(circle), 2)));
  }
}
