package dev.torc.core.model;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A job with parameters, which stands for all its instances. The package {@code buildfile} finds
 * its instances; the graph knows which jobs wait for it. A tag that contains a parameter's value
 * cannot be a target.
 */
public record Group(
    String name,
    Place place,
    List<String> parameters,
    List<String> instances,
    Further further,
    Sources sources,
    List<String> tags) {

  /** The largest number of instances in a workflow; each takes a few kilobytes of memory. */
  public static final int MAX_INSTANCES = 1_000_000;

  /**
   * Which parameters are columns of a table: the first {@code count}.
   *
   * @param fewest whether the fewest leading columns name the instances; otherwise, the build file
   *     says which parameters do
   * @param alike two rows that make the last of these columns necessary; empty for none
   */
  public record Columns(int count, boolean fewest, List<Place> alike) {

    public static final Columns NONE = new Columns(0, false, List.of());
  }

  /**
   * What is known about a group while some of its instances are unknown. In the products, each
   * unknown value is a {@code *}. If results have problems, the group waits for no more results and
   * gets no more instances.
   *
   * @param awaits the jobs and groups whose results decide which instances follow
   * @param growing empty if all of {@code awaits} have to end before any instance is known
   */
  public record Further(
      List<String> awaits,
      List<Growing> growing,
      List<Ref> products,
      List<BadInput.Diagnostic> problems,
      boolean allowFailure) {}

  /**
   * Where the values of a group's parameters come from: files ({@code tables}) or results.
   *
   * @param nothing what the sources contain instead of values, in a few words; empty if they give
   *     values
   * @param found whether results decided the group's instances: then a part of it may be empty
   */
  public record Sources(
      List<String> tables,
      String nothing,
      List<BadInput.Diagnostic> warnings,
      boolean found,
      Columns columns) {}

  /**
   * Values that may still come: those of {@code names} in paths that jobs may still make. In {@code
   * path}, a {@link #HOLE} stands for each name; a path that is only a hole matches any path.
   */
  public record Growing(String path, List<String> names, List<Glob> made) {

    /** Stands for a name in a path; no text of a build file can contain this character. */
    public static final char HOLE = '\0';

    /**
     * Returns the values of the names that are whole folders in the path, as far as all paths that
     * a pattern of {@code made} matches have the same.
     */
    public Map<String, String> known(Glob some) {
      Map<String, String> known = new HashMap<>();
      String[] parts = path.split("/", -1);
      String[] folders = some.fixedPrefix().split("/", -1);
      int hole = 0;
      for (int i = 0; i < parts.length - 1 && i < folders.length; i++) {
        if (parts[i].equals(String.valueOf(HOLE)) && !folders[i].isEmpty()) {
          known.put(names.get(hole), folders[i]);
        }
        hole += (int) parts[i].chars().filter(c -> c == HOLE).count();
      }
      return known;
    }

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
        } else if (!any) { // adjacent names need only one wildcard
          glob.append(path.length() == 1 ? "**" : "*");
        }
        any = value == null;
      }
      return Glob.of(glob.toString());
    }
  }

  /** Returns whether each job in {@code awaits} gives instances as soon as it ends. */
  public boolean grows() {
    return !further.growing.isEmpty();
  }

  /** Returns whether some instances are unknown: it waits for results, or results have problems. */
  public boolean isOpen() {
    return !further.awaits.isEmpty() || !further.problems.isEmpty();
  }

  public Group with(List<String> some) {
    return new Group(name, place, parameters, some, further, sources, tags);
  }

  /** Returns this group with problems, so that it gets no more instances. */
  public Group withProblems(List<BadInput.Diagnostic> why) {
    Further closed = new Further(List.of(), List.of(), further.products, why, further.allowFailure);
    Sources none = new Sources(sources.tables, "", List.of(), sources.found, sources.columns);
    return new Group(name, place, parameters, instances, closed, none, tags);
  }
}
