package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that a job has in {@code tools}. Where it lies is found out elsewhere; what it contains
 * counts under its name.
 *
 * @param name as written; with a slash a path relative to the root
 * @param paths where it may be as far as the build file tells: that path, or a place in each folder
 *     that the job's own {@code PATH} names; normalized, in the order of the search
 * @param search the job's own {@code PATH}, with slots for the caller's variables; null where the
 *     caller's counts
 * @param dir the folder that the job runs in, to which folders of {@code PATH} are relative
 */
public record Tool(Place place, String name, List<String> paths, Template search, String dir) {

  /** Whether it has its own path, and is not searched. */
  public boolean isPath() {
    return name.indexOf('/') >= 0;
  }

  /** The names of the caller's variables that decide where it is searched. */
  public List<String> variables() {
    List<String> names = new ArrayList<>();
    if (isPath()) {
      return names;
    }
    if (search == null) {
      names.add("PATH");
    } else {
      for (Template.Part part : search.parts()) {
        if (part instanceof Template.Part.Slot slot) {
          names.add(slot.member());
        }
      }
    }
    return names;
  }
}
