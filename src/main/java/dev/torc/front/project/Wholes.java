package dev.torc.front.project;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.features.packages.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the project of which a build file is a member (section 3, <em>Packages</em>): a build file
 * in a folder above that includes it, itself or through another package, as exactly one package, in
 * its own folder. Of several, the topmost counts. The build files decide this; the graph of the
 * whole in its {@code .torc} only saves reading them.
 *
 * @param member the build file that may be a member
 */
public record Wholes(Caller caller, ProjectOptions options, Path member) {

  /** Returns the search for the whole of the nearest build file; null if the call names one. */
  static Wholes of(Caller caller, ProjectOptions options) throws IOException {
    return options.named().alone() || !options.files().isEmpty()
        ? null
        : new Wholes(caller, options, ProjectOptions.nearest(caller));
  }

  /** Returns the build file of the whole of the nearest build file; null for none. */
  static Path file(Caller caller, ProjectOptions options) throws IOException {
    Wholes wholes = of(caller, options);
    return wholes == null ? null : wholes.file();
  }

  /** Returns the whole; null if the build file is a project of its own. */
  Project load() throws IOException {
    for (Path above : Members.candidates(member)) {
      if (stranger(above) == null) {
        Project whole = load(above);
        if (whole != null) {
          return whole;
        }
      }
    }
    return null;
  }

  private Project load(Path above) throws IOException {
    try {
      Project whole =
          Project.alone(
              caller,
              options.in(above, member),
              () -> options.named().site() != null || Members.mayHave(above, member));
      return whole == null || Members.part(whole.workflow(), member) == null ? null : whole;
    } catch (BadInput broken) {
      if (!options.isPlain()) { // the whole may lack a var or job that the call names
        if (new Wholes(caller, options.plain(), member).load(above) == null) {
          return null;
        }
        throw broken;
      } else if (!lists(above)) {
        return null;
      }
      List<BadInput.Diagnostic> all = new ArrayList<>(broken.diagnostics());
      if (all.stream().allMatch(each -> each.place().equals(Place.NONE))) {
        throw broken; // a target, not the build file
      }
      all.add(
          new BadInput.Diagnostic(
              Place.NONE,
              "this folder is part of %s, which cannot be read; to build it by itself, pass --alone"
                  .formatted(shown(above))));
      throw new BadInput(all);
    }
  }

  /** Returns whether the graph that a build file accepted last has the member. */
  private boolean lists(Path above) throws IOException {
    Graph last = Project.lastOf(caller, options.in(above, null));
    return last != null && Members.part(last.workflow(), member) != null;
  }

  /** Returns the build file of the whole, even if it cannot be read now; null for none. */
  private Path file() throws IOException {
    for (Path above : Members.candidates(member)) {
      try {
        if (stranger(above) == null && load(above) != null) {
          return above;
        }
      } catch (BadInput broken) {
        return above;
      }
    }
    return null;
  }

  /** Returns why a build file above is not used, although it could have the member; else null. */
  private String stranger(Path above) throws IOException {
    try {
      TrustedBuildFile.refuseStrangers(caller, above);
      return null;
    } catch (BadInput refused) {
      return refused.getMessage();
    }
  }

  private String shown(Path file) {
    return SafeText.name("" + caller.cwd().relativize(file));
  }

  /** Reports the build files above that are not used since other users own them. */
  public static void tellStrangers(Project alone, Consumer<String> warn) throws IOException {
    Wholes wholes = of(alone.caller(), alone.options());
    for (Path above : wholes == null ? List.<Path>of() : Members.above(wholes.member)) {
      String why = wholes.stranger(above);
      if (why != null && Members.includes(above)) { // the others were read by the search
        warn.accept(why);
      }
    }
  }

  /**
   * Returns the place of the whole of a package that is built by itself, so that no other build
   * changes its files; null if there is none that this user can lock.
   */
  public static CachePlace around(Caller caller, ProjectOptions options) throws IOException {
    boolean alone = options.named().alone();
    if (options.named().member() != null || !alone && options.files().isEmpty()) {
      return null;
    }
    Path member = alone ? ProjectOptions.nearest(caller) : options.files().getFirst();
    Path whole = Files.exists(member) ? new Wholes(caller, options.plain(), member).file() : null;
    return whole == null || !Files.isWritable(whole.getParent())
        ? null
        : caller.place(whole.getParent());
  }
}
