package dev.torc.features.remarks;

import java.util.List;
import java.util.regex.Pattern;

/** Finds C compilers whose headers nothing tells. */
final class Compilers {

  private static final Pattern COMPILER =
      Pattern.compile("(.*[/-])?(gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+)(-[\\d.]+)?");

  /** A header among the needs, or a pattern or folder in which headers may be. */
  private static final Pattern HEADER =
      Pattern.compile(".*(\\.(h|hh|hpp|hxx|inc)\\b.*|/\\**)|.*include.*");

  private static final Pattern SOURCE = Pattern.compile("[^-].*\\.(c|cc|cpp|cxx)");

  private Compilers() {}

  /** Returns the rest of a sentence about a job; null if there is nothing to say. */
  static String line(RemarkedJob of) {
    if (of.job().finds()
        || of.job().needRefs().stream().anyMatch(ref -> HEADER.matcher(ref.text()).matches())) {
      return null;
    }
    return of.commands().stream()
            .flatMap(each -> each.commands().stream())
            .anyMatch(Compilers::compiles)
        ? " compiles C, and changes of headers go unseen; add -MD -MF x.d to the command and"
            + " depfile: x.d to the job, or trace: true"
        : null;
  }

  /** Returns the sources that commands compile. */
  static List<String> sources(CommandWords words) {
    return words.commands().stream()
        .filter(Compilers::compiles)
        .flatMap(List::stream)
        .filter(word -> word != null && SOURCE.matcher(word).matches())
        .toList();
  }

  private static boolean compiles(List<String> command) {
    return COMPILER.matcher(command.getFirst()).matches() && command.contains("-c");
  }
}
