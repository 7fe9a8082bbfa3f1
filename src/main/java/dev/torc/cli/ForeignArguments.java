package dev.torc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What other tools (make, Snakemake, DVC, NREL torc) call the commands and options of torc, for
 * messages. Mistyped ones are the job of {@link dev.torc.syntax.NearestName}.
 */
final class ForeignArguments {

  /** A line for each meaning: what to write here, then the words for it elsewhere. */
  private static final String[] MEANINGS = {
    "torc build = run repro",
    "torc adopt = --touch commit touch",
    "torc graph = --dag dag plot",
    "--force = -B -F -R --always-make --forceall --forcerun",
    "--jobs = -c --cores --parallel --max-parallel-jobs",
  };

  private ForeignArguments() {}

  /** The arguments without the 0 of ninja's {@code -k 0}, which {@code -k} alone means here. */
  static List<String> withoutZero(List<String> args) {
    List<String> kept = new ArrayList<>(args);
    int end = kept.indexOf("--");
    for (int i = (end < 0 ? kept.size() : end) - 1; i >= 0; i--) {
      if (kept.get(i).equals("-k0")) {
        kept.set(i, "-k");
      } else if (i > 0 && kept.get(i).equals("0") && kept.get(i - 1).equals("-k")) {
        kept.remove(i);
      }
    }
    return kept;
  }

  /**
   * {@code "; did you mean X?"}, or nothing.
   *
   * @param options those that are known where the argument was met
   */
  static String hint(String argument, Set<String> options) {
    boolean letter = argument.startsWith("-") && !argument.startsWith("--");
    String word = letter && argument.length() > 2 ? argument.substring(0, 2) : argument; // -c2
    for (String line : MEANINGS) {
      int equals = line.indexOf(" = ");
      String meant = line.substring(0, equals);
      boolean known = meant.startsWith("torc ") || options.contains(meant);
      if (known && (line + " ").indexOf(" " + word + " ", equals + 2) > 0) {
        return "; did you mean " + meant + "?";
      }
    }
    return "";
  }
}
