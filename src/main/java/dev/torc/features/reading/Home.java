package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import java.nio.file.Path;
import java.util.List;

/**
 * What the names of a build file are called outside, and where its paths begin: the project's own
 * file, or that of a package. {@link Paths} has the same folder for the paths.
 *
 * @param prefix what precedes the names of its jobs outside, such as {@code raw:}; empty for the
 *     project
 * @param folder the folder in which its paths begin
 * @param outer the home of the build file that includes the package; null for the project
 * @param names the names of all jobs and packages
 */
public record Home(String prefix, String folder, Home outer, PackageNames names) {

  /** The placeholder of the folder of a build file. */
  public static final String HERE = "here";

  /** The home of the build file of a project without packages. */
  public static final Home PROJECT = new Home("", ".", null, new PackageNames());

  /** Returns the home of a package which this build file includes, and tells its name. */
  public Home of(String name, String folder) {
    Home home = new Home(prefix + name + ":", folder, this, names);
    names.add(home.prefix);
    return home;
  }

  /** Returns the name of the package. */
  public String name() {
    return prefix.substring(0, prefix.length() - 1);
  }

  /** Tells the outside name of a job or group to the other build files. */
  public void tell(String name, boolean manual) {
    names.add(name);
    for (Home home = this; home.outer != null && !manual; home = home.outer) {
      names.jobs(home.prefix).add(name);
    }
  }

  /**
   * Returns the outside name of a job, group, part of a group or, with a colon at its end, of all
   * jobs of a package.
   */
  public String job(String written, Place place) {
    if (written.startsWith(Paths.OUTER)) {
      return outer.job(written.substring(Paths.OUTER.length()), place);
    }
    String name = prefix + written;
    if (written.endsWith(":") && names.jobs(name) == null) {
      throw new BadInput(place, "no package " + written + names.hint(name));
    }
    for (Home above = outer; above != null && !names.has(name); above = above.outer) {
      if (names.has(above.prefix + written)) {
        throw new BadInput(
            place,
            written + " is in the project that includes this file; name its product by path");
      }
    }
    return name;
  }

  /** Returns the jobs that an outside name means: all of a package but its manual ones, or one. */
  public List<String> jobs(String name) {
    return name.endsWith(":") ? names.jobs(name) : List.of(name);
  }

  /** Returns the outside name of a stored or static value. */
  public String data(String written) {
    return written.startsWith(Paths.OUTER)
        ? outer.data(written.substring(Paths.OUTER.length()))
        : prefix + written;
  }

  /** Returns the name that a job has in its own build file. */
  public String inside(String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /** Returns the folder of a build file, from the root; {@code .} is the root. */
  public static String folderOf(Place place) {
    int slash = place.file().lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : place.file().substring(0, slash);
  }

  /** Returns the folder of a build file as seen from this folder. */
  String here(Place place) {
    Path there = Path.of(folderOf(place));
    if (there.isAbsolute() != folder.startsWith("/")) {
      return there.toString();
    }
    Path from = Path.of(folder.equals(".") ? "" : folder);
    String seen = from.relativize(there.normalize()).toString();
    return seen.isEmpty() ? "." : seen;
  }
}
