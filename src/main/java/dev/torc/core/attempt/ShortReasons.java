package dev.torc.core.attempt;

import dev.torc.core.decide.Reason;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Shortens the reasons of a run for the history of attempts. Since there are many attempts, only
 * the first reasons are kept, with long texts cut; otherwise they are as in the record of the job's
 * last run.
 */
final class ShortReasons {

  static final int FIRST = 2;

  /** The longest text, in characters; reports show no more of two texts that differ. */
  static final int TEXT = 60;

  static final int NAME = 200;

  /** A text that begins with a digest, of which reports show the first digits. */
  private static final Pattern DIGEST =
      Pattern.compile("^((?:link |sha256 )?\\p{XDigit}{7})\\p{XDigit}{57}");

  /** How many equal characters are kept before the first difference. */
  private static final int CONTEXT = 12;

  private static final String CUT = "…";

  private ShortReasons() {}

  static List<ManifestEntry> of(List<Reason> reasons) {
    List<ManifestEntry> entries = new ArrayList<>(FIRST);
    for (Reason reason : reasons.subList(0, Math.min(FIRST, reasons.size()))) {
      entries.add(of(reason));
    }
    return entries;
  }

  private static ManifestEntry of(Reason reason) {
    String old = digest(reason.old());
    String now = digest(reason.now());
    if (Math.max(old.length(), now.length()) > TEXT) {
      int same = 0;
      int most = Math.min(old.length(), now.length());
      while (same < most && old.charAt(same) == now.charAt(same)) {
        same++;
      }
      int from = Math.max(0, same - CONTEXT);
      old = part(old, from);
      now = part(now, from);
    }
    return new ManifestEntry(reason.kind().ordinal(), name(reason.name()), old, now);
  }

  /** Cuts off the beginning of a long name, since the end of a path says more. */
  private static String name(String name) {
    return name.length() <= NAME
        ? name
        : CUT + name.substring(whole(name, name.length() - NAME + 1));
  }

  private static String part(String text, int from) {
    String part = from == 0 ? text : CUT + text.substring(whole(text, from));
    return part.length() <= TEXT ? part : part.substring(0, whole(part, TEXT - 1)) + CUT;
  }

  /** Returns {@code at}, or the index before it if a cut there would split a character. */
  private static int whole(String text, int at) {
    return Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
  }

  private static String digest(String text) {
    return DIGEST.matcher(text).replaceFirst("$1");
  }
}
