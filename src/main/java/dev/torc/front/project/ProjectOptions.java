package dev.torc.front.project;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.features.containers.Containers;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.buildfile.UserConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * Which project is meant, and how its build file is read.
 *
 * @param containers the runtime for all images, or {@link #HOST}; null if each may choose
 * @param executor for jobs that name none, or {@code local} for all jobs; null for neither
 */
public record ProjectOptions(
    Named named,
    SortedMap<String, String> variables,
    String containers,
    String executor,
    Reuse reuse) {

  /**
   * Which build files the call names.
   *
   * @param files build files, each overlaid on the ones before; empty for the nearest one
   * @param site a file overlaid on the first build file, before the others; null for none
   * @param input the content of the build file {@code -}, from standard input; null for none
   * @param alone whether the nearest build file is a project even if it is a package of another
   * @param member the build file of the package in which the call is made, if {@code files} has
   *     that of the whole; else null
   * @param targets the only jobs that the call is about; null if it may be about any
   */
  public record Named(
      List<Path> files, Path site, byte[] input, boolean alone, Path member, List<String> targets) {

    public Named(List<Path> files, Path site, byte[] input, boolean alone) {
      this(files, site, input, alone, null, null);
    }
  }

  /**
   * What replaces a run: a known result, or a recorded failure; which jobs do not run at all, and
   * where the others run.
   *
   * @param probes whether a look runs the probes of jobs
   * @param only whether none but the targets run
   * @param excluded patterns of the jobs that are left out
   * @param frozen patterns of the jobs that count as frozen
   * @param sandbox whether jobs run in folders of their own
   */
  public record Reuse(
      boolean results,
      boolean failures,
      boolean probes,
      boolean only,
      List<String> excluded,
      List<String> frozen,
      boolean sandbox) {
    static final Reuse NOTHING = new Reuse(false, false, false, false, List.of(), List.of(), false);
  }

  public static final String SITE = "TORC_CONFIG";

  public static final String HOST = "none";

  /** Returns the build files that the call names; empty for the nearest one. */
  public List<Path> files() {
    return named.files;
  }

  /** Returns these options without what the call says about a project. */
  ProjectOptions plain() {
    Named nearest = new Named(List.of(), named.site, null, false);
    return new ProjectOptions(
        nearest, Collections.emptySortedMap(), containers, null, Reuse.NOTHING);
  }

  /** Returns whether the call gives no values and patterns, which could be those of a package. */
  boolean isPlain() {
    return variables.isEmpty() && reuse.excluded.isEmpty() && reuse.frozen.isEmpty();
  }

  /** Returns these options for a build file that has the nearest one as a package. */
  ProjectOptions in(Path whole, Path member) {
    Named of = new Named(List.of(whole), named.site, named.input, false, member, named.targets);
    return new ProjectOptions(of, variables, containers, executor, reuse);
  }

  /** Returns these options with another executor for jobs that name none. */
  public ProjectOptions on(String other) {
    return new ProjectOptions(named, variables, containers, other, reuse);
  }

  /**
   * Returns all build files in their order; throws {@link BadInput} if one is missing, or if the
   * nearest one belongs to a stranger ({@link TrustedBuildFile}).
   */
  public List<Path> layers(Caller caller) throws IOException {
    Path start = caller.cwd();
    List<Path> layers = new ArrayList<>(files());
    if (layers.isEmpty()) {
      layers.add(nearest(caller));
    }
    for (Path file : files()) {
      String wrong = isInput(file) ? "" : wrong(file);
      if (!wrong.isEmpty()) {
        Path shown = file.startsWith(start) && !file.equals(start) ? start.relativize(file) : file;
        throw new BadInput(
            new Place(SafeText.name("" + shown), 0, 0), wrong + NearestPath.hint(file, "" + shown));
      }
    }
    if (named.site != null) {
      if (!Files.exists(named.site)) {
        String hint = NearestPath.hint(named.site, "" + named.site);
        String site = SafeText.name("" + named.site);
        throw new BadInput(SITE + " names " + site + ", which does not exist" + hint);
      }
      layers.add(1, named.site);
    }
    return layers;
  }

  /** Returns the nearest build file, and refuses that of a stranger. */
  static Path nearest(Caller caller) throws IOException {
    List<Path> found = BuildFile.nearest(caller.cwd());
    for (Path file : found) {
      TrustedBuildFile.refuseStrangers(caller, file);
    }
    return BuildFile.requireOne(found);
  }

  /** Returns why a path cannot be a build file; empty if it can. */
  private static String wrong(Path file) {
    if (Files.isDirectory(file)) {
      return "a folder, not a build file; to build in it, use -C";
    }
    return Files.exists(file) ? "" : "no such file";
  }

  /** Returns the paths where a new or removed file would change which build files are read. */
  public List<Path> candidates(Path start) {
    List<Path> all = new ArrayList<>(files());
    boolean found = !files().isEmpty();
    for (Path dir = start; dir != null && !found; dir = dir.getParent()) {
      BuildFile.NAMES.stream().map(dir::resolve).forEach(all::add);
      found = !BuildFile.in(dir).isEmpty();
    }
    if (named.site != null) {
      all.add(named.site);
    }
    all.removeIf(this::isInput);
    return all;
  }

  private boolean isInput(Path file) {
    return named.input != null && file.endsWith(BuildFile.INPUT);
  }

  /**
   * Returns the usual name of a runtime. Throws {@link BadInput} for an unknown one; the message
   * starts with {@code where}.
   */
  public static String runtime(String where, String word) {
    if (word.equals("singularity")) {
      return "apptainer"; // its other name
    }
    List<String> known = new ArrayList<>(Containers.KNOWN);
    known.add(HOST);
    if (!known.contains(word)) {
      String near = NearestName.hint(word, known);
      String hint = near.isEmpty() ? ": write one of " + String.join(", ", known) : near;
      throw new BadInput(where + SafeText.name(word) + hint);
    }
    return word;
  }

  /**
   * Reads the caller's configuration, null if there is none; throws {@link BadInput} if it is
   * invalid, or if another user owns it or may write to it.
   */
  public static UserConfig configuration(Caller caller) throws IOException {
    return TrustedBuildFile.configuration(caller);
  }
}
