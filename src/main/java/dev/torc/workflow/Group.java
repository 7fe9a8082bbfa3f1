package dev.torc.workflow;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.List;
import java.util.Map;

/**
 * A job with parameters: it stands for all its instances. The reader of the build file expands it;
 * the graph knows what waits for it.
 *
 * @param parameters names of the parameters that name an instance, in the order written
 * @param instances names of the instances that are known, in their order; they are jobs of the
 *     workflow
 * @param tags the instances' tags; one with a parameter's value in it is a text that is no target
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
   * What is told of a group as long as not all its instances are known.
   *
   * @param awaits names of the jobs or groups whose results decide which further instances there
   *     are; empty once all are known
   * @param growing what the values of further instances may be, where each job that is awaited
   *     gives instances of its own as soon as it has ended; empty if all of them have to end first
   * @param products what the instances will produce as far as it can be told before they are known:
   *     each unknown value is a {@code *}; empty once all are known
   * @param problems why it cannot be expanded, if only results showed that; then it gets no more
   *     instances and awaits nothing
   * @param allowFailure whether its instances may fail
   */
  public record Further(
      List<String> awaits,
      List<Growing> growing,
      List<Ref> products,
      List<BadInput.Diagnostic> problems,
      boolean allowFailure) {}

  /**
   * Where the values of its parameters come from.
   *
   * @param tables the files of lines and tables from which it takes values
   * @param nothing if it has no instances because sources give no values: what is there instead, in
   *     a few words behind the place that asks for it; empty for any other group
   * @param warnings what is accepted but looks wrong: no instances, if that is no ordinary outcome,
   *     or spaces around the values of a file
   * @param found whether results decided which instances there are: then a part of it may be empty
   */
  public record Sources(
      List<String> tables, String nothing, List<BadInput.Diagnostic> warnings, boolean found) {}

  /**
   * Values that are yet to come: those of names in paths that jobs may still make.
   *
   * @param path a pattern with a {@link #HOLE} for each name; a hole alone is any path
   * @param names the names of the holes, in order
   * @param made patterns of the paths that jobs may still make
   */
  public record Growing(String path, List<String> names, List<Glob> made) {

    /** Stands for a name in a path; no text of a build file can hold it. */
    public static final char HOLE = '\0';

    /** Returns the pattern of the paths that have some values. */
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

  /**
   * Returns whether each job that is awaited gives instances of its own, as soon as it has ended.
   */
  public boolean grows() {
    return !further.growing.isEmpty();
  }

  /** Returns whether not all instances are known: it awaits results, or these showed problems. */
  public boolean isOpen() {
    return !further.awaits.isEmpty() || !further.problems.isEmpty();
  }

  /**
   * Returns this group as one that cannot be expanded further: what waits for the whole never
   * starts.
   */
  public Group failed(List<BadInput.Diagnostic> why) {
    Further closed = new Further(List.of(), List.of(), further.products, why, further.allowFailure);
    Sources none = new Sources(sources.tables, "", List.of(), sources.found);
    return new Group(name, place, parameters, instances, closed, none, tags);
  }
}
