package dev.torc.features.groups;

import dev.torc.base.syntax.Glob;
import dev.torc.core.model.Group;

/** A glob over names of jobs; {@code paths} is the same glob with slashes as in paths. */
public record NameGlob(Glob names, Glob paths) {

  private static final char SLASH = '\u0001'; // in no name

  /** Returns a target as a glob; null if it has no wildcards. */
  public static NameGlob of(String target) {
    Glob names = Glob.isPattern(target) ? Glob.orNull(flat(target)) : null;
    return names == null ? null : new NameGlob(names, Glob.of(target));
  }

  private static String flat(String name) {
    return name.replace('/', SLASH);
  }

  public boolean matches(String name) {
    return names.matches(flat(name));
  }

  /** Returns whether instances of a group that are not known yet may match. */
  public boolean mayMatch(Group group) {
    return matches(group.name()) || paths.overlaps(Glob.of(Glob.escape(group.name()) + "/*"));
  }
}
