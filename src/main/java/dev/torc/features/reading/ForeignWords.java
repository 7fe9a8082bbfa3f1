package dev.torc.features.reading;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.syntax.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Translates the keys and placeholders of other tools (make, Snakemake, Nextflow, DVC, Task, doit,
 * GitLab, NREL torc, PROMINENCE), and those of torc that stand elsewhere, for suggestions in
 * messages. {@link NearestName} finds mistyped words.
 */
final class ForeignWords {

  /** What to write in a build file, then the words of other tools for it: see the head. */
  static final List<String> ROWS = InstalledTorc.rows("torc.words.txt");

  private ForeignWords() {}

  /**
   * Returns a hint such as {@code "; did you mean X?"} for a mistyped or foreign word; otherwise
   * {@code otherwise}.
   */
  static String hint(String word, Collection<String> known, String otherwise) {
    String sentence = row(word, known, true);
    String meant = sentence == null ? meant(word, known) : null;
    return sentence != null
        ? sentence.substring(sentence.indexOf(';'))
        : meant == null ? otherwise : "; did you mean " + meant + "?";
  }

  /** Returns what a mistyped or foreign word means; null if unknown. */
  static String meant(String word, Collection<String> known) {
    String meant = row(word, known, false);
    return meant == null ? NearestName.to(word, known) : meant;
  }

  private static String row(String word, Collection<String> known, boolean sentence) {
    String plain = " " + plain(word) + " ";
    for (String row : ROWS) {
      int equals = row.lastIndexOf(" = ");
      String says = row.substring(0, equals);
      String key = says.split("[:;]", 2)[0];
      boolean holds =
          key.isEmpty() ? known.contains("command") || known.contains("jobs") : known.contains(key);
      if (holds && says.contains(";") == sentence && (row + " ").indexOf(plain, equals + 2) > 0) {
        return says;
      }
    }
    return null;
  }

  private static String plain(String word) {
    String plain = word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    String one = plain.endsWith("ies") ? plain.substring(0, plain.length() - 3) + "y" : plain;
    return one.endsWith("s") ? one.substring(0, one.length() - 1) : one;
  }
}
