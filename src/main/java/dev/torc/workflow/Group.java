package dev.torc.workflow;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.List;
import java.util.Map;

/**
 * A job with parameters: it stands for all its instances. The package {@code buildfile} expands it;
 * the graph knows what waits for it. A tag that holds a parameter's value cannot be a target.
 */
public record Group(
    String name,
    Place place,
    List<String> parameters,
    List<String> instances,
    Further further,
    Sources sources,
    List<String> tags) {

  /**
   * What is known of a group before all its instances are. Each unknown value is a {@code *} in the
   * products. If results show problems, it awaits nothing and gets no more instances.
   *
   * @param awaits the jobs and groups whose results decide about further instances
   * @param growing empty if all of these have to end before any instance is known
   */
  public record Further(
      List<String> awaits,
      List<Growing> growing,
      List<Ref> products,
      List<BadInput.Diagnostic> problems,
      boolean allowFailure) {}

  /**
   * Where the values of its parameters come from: files ({@code tables}) or results.
   *
   * @param nothing if the sources give no values: what they have instead, in a few words; else
   *     empty
   * @param found whether results decided its instances: then a part of it may be empty
   */
  public record Sources(
      List<String> tables, String nothing, List<BadInput.Diagnostic> warnings, boolean found) {}

  /**
   * Values to come: those of names in paths that jobs may still make. The path has a {@link #HOLE}
   * for each name; a hole alone is any path.
   */
  public record Growing(String path, List<String> names, List<Glob> made) {

    /** Stands for a name in a path; no text of a build file can hold it. */
    public static final char HOLE = '\0';

    /** Returns the pattern of the paths in which some names have these values. */
    public Glob with(Map<String, String> values) {
      StringBuilder glob = new StringBuilder();
      String[] literals = path.split(String.valueOf(HOLE), -1);
      boolean any = false;
      for (int i = 0; i < literals.length; i++) {
        glob.append(literals[i]);
        any &= literals[i].isEmpty();
        String value = i < names.size() ? values.get(names.get(i)) : "";
        if (value != null) {
          glob.append(Glob.escape(value));
        } else if (!any) { // two names side by side are still one run of characters
          glob.append(path.length() == 1 ? "**" : "*");
        }
        any = value == null;
      }
      return Glob.of(glob.toString());
    }
  }

  /** Returns whether each awaited job gives instances as soon as it has ended. */
  public boolean grows() {
    return !further.growing.isEmpty();
  }

  /** Returns whether not all instances are known: it awaits results, or these showed problems. */
  public boolean isOpen() {
    return !further.awaits.isEmpty() || !further.problems.isEmpty();
  }

  /** Returns this group with problems, so that it gets no more instances. */
  public Group withProblems(List<BadInput.Diagnostic> why) {
    Further closed = new Further(List.of(), List.of(), further.products, why, further.allowFailure);
    Sources none = new Sources(sources.tables, "", List.of(), sources.found);
    return new Group(name, place, parameters, instances, closed, none, tags);
  }
}
