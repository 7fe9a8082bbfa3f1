package dev.torc.front.session;

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
import java.util.List;
import java.util.SortedMap;

/**
 * Which project is meant, and how its build file is read.
 *
 * @param files build files, each overlaid on the ones before; empty for the nearest one
 * @param site a file overlaid on the first build file, before the others; null for none
 * @param input the content of the build file {@code -}, from standard input; null for none
 * @param containers the runtime for all images, or {@link #HOST}; null if each may choose
 * @param executor for jobs that name none, or {@code local} for all jobs; null for neither
 */
public record ProjectOptions(
    List<Path> files,
    Path site,
    byte[] input,
    SortedMap<String, String> variables,
    String containers,
    String executor,
    Reuse reuse) {

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

  /**
   * Returns all build files in their order; throws {@link BadInput} if one is missing, or if the
   * nearest one belongs to a stranger ({@link TrustedBuildFile}).
   */
  public List<Path> layers(Caller caller) throws IOException {
    Path start = caller.cwd();
    List<Path> layers = new ArrayList<>(files);
    if (layers.isEmpty()) {
      List<Path> found = BuildFile.nearest(start);
      for (Path file : found) {
        TrustedBuildFile.refuseStrangers(caller, file);
      }
      layers.add(BuildFile.requireOne(found));
    }
    for (Path file : files) {
      String wrong = isInput(file) ? "" : wrong(file);
      if (!wrong.isEmpty()) {
        Path shown = file.startsWith(start) && !file.equals(start) ? start.relativize(file) : file;
        throw new BadInput(
            new Place(SafeText.name("" + shown), 0, 0), wrong + NearestPath.hint(file, "" + shown));
      }
    }
    if (site != null) {
      if (!Files.exists(site)) {
        throw new BadInput(
            "%s names %s, which does not exist%s"
                .formatted(SITE, SafeText.name("" + site), NearestPath.hint(site, "" + site)));
      }
      layers.add(1, site);
    }
    return layers;
  }

  /** Returns why a path cannot be a build file; empty if it can. */
  private static String wrong(Path file) {
    if (Files.isDirectory(file)) {
      return "a folder, not a build file; to build in it, use -C";
    }
    return Files.exists(file) ? "" : "no such file";
  }

  /** Returns the paths where a new or removed file would change which build files are read. */
  List<Path> candidates(Path start) {
    List<Path> all = new ArrayList<>(files);
    boolean found = !files.isEmpty();
    for (Path dir = start; dir != null && !found; dir = dir.getParent()) {
      BuildFile.NAMES.stream().map(dir::resolve).forEach(all::add);
      found = !BuildFile.in(dir).isEmpty();
    }
    if (site != null) {
      all.add(site);
    }
    all.removeIf(this::isInput);
    return all;
  }

  private boolean isInput(Path file) {
    return input != null && file.endsWith(BuildFile.INPUT);
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
