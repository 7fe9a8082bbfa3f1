package dev.torc.show;

import dev.torc.plan.Reason;
import dev.torc.text.SafeText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reasons in the words of how-torc-decides.md, each on one line. Whether they hold, and in which
 * order they stand, is the planner's.
 */
public final class ReasonText {

  /** How many reasons of one class are named before the rest is only counted. */
  private static final int NAMED = 5;

  /** Of a file in a folder a word may stand behind it, of a link before it. */
  private static final Pattern DIGEST =
      Pattern.compile("((?:link )?)([0-9a-f]{7})[0-9a-f]{57}((?: executable)?)");

  private enum Class {
    NEED,
    PRODUCT,
    SETTING,
    OTHER
  }

  private ReasonText() {}

  /** One reason, such as {@code need f2.json changed 3f2a91c → 88d01be}. */
  public static String of(Reason reason) {
    String name = SafeText.name(reason.name());
    return switch (reason.kind()) {
      case NEVER_RAN -> "never ran";
      case FAILED ->
          "failed last time"
              + (reason.now().isEmpty() ? "" : " (" + SafeText.line(reason.now()) + ")");
      case TIMED_OUT -> "timed out last time";
      case OUT_OF_MEMORY -> "ran out of memory last time";
      case INTERRUPTED -> "was interrupted last time";
      case SUBMITTED -> "submitted by an earlier build";
      case MOVED -> "need " + name + " moved while it ran last time";
      case NEED_CHANGED -> "need " + name + " changed" + digests(reason);
      case NEED_ADDED -> "need " + name + " added";
      case NEED_REMOVED -> "need " + name + " removed";
      case SETTING_CHANGED -> name + " changed" + texts(reason);
      case PRODUCT_MISSING -> "product " + name + " missing";
      case PRODUCT_WANTED ->
          "product " + name + " missing, which " + SafeText.name(reason.now()) + " needs";
      case PRODUCT_ALTERED -> "product " + name + " altered" + bit(reason);
      case PRODUCTS_DECLARED -> "declared products changed" + texts(reason);
      case ALWAYS -> "always";
      case FORCED -> "forced";
      case NAMED -> "named as a target";
      case NOT_TRACED -> "was not traced";
      case DATA_CHANGED -> "data " + name + data(reason);
      case TOOL_CHANGED -> "tool " + name + change(reason);
      case NEED_UNREADABLE,
          NEED_VANISHED,
          NEED_MISSING,
          FAILED_BEFORE,
          IMAGE_UNAVAILABLE,
          ELSEWHERE ->
          SafeText.line(reason.lack());
    };
  }

  /** A reason of a run that is over. */
  public static String past(Reason reason) {
    return switch (reason.kind()) {
      case NEVER_RAN -> "it had never run";
      case FAILED ->
          "it had failed"
              + (reason.now().isEmpty() ? "" : " (" + SafeText.line(reason.now()) + ")");
      case TIMED_OUT -> "it had timed out";
      case OUT_OF_MEMORY -> "it had run out of memory";
      case INTERRUPTED -> "it had been interrupted";
      case SUBMITTED -> "it was out at " + SafeText.line(reason.now());
      case MOVED -> "need " + SafeText.name(reason.name()) + " had moved while it ran";
      case ALWAYS -> "it always runs";
      case FORCED -> "it was forced";
      case NAMED -> "it was named as a target";
      case NOT_TRACED -> "it was not traced";
      default -> of(reason);
    };
  }

  /** All reasons, joined by semicolons. */
  public static String all(List<Reason> reasons) {
    return String.join("; ", reasons.stream().map(ReasonText::of).toList());
  }

  /** The reasons, joined by semicolons; of many needs or products only the first are named. */
  public static String brief(List<Reason> reasons) {
    return brief(reasons, i -> of(reasons.get(i)));
  }

  /** The same in other words; {@code told} has those of a reason by its index. */
  public static String brief(List<Reason> reasons, IntFunction<String> told) {
    Map<Class, Integer> left = new EnumMap<>(Class.class);
    reasons.forEach(reason -> left.merge(of(reason.kind()), 1, Integer::sum));
    Map<Class, Integer> said = new EnumMap<>(Class.class);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < reasons.size(); i++) {
      Class kind = of(reasons.get(i).kind());
      int nth = said.merge(kind, 1, Integer::sum);
      int rest = left.get(kind) - NAMED;
      // One more is as short to name as to count.
      if (kind == Class.OTHER || rest <= 1 || nth <= NAMED) {
        out.add(told.apply(i));
      } else if (nth == NAMED + 1) {
        out.add("…and " + rest + " more " + kind.name().toLowerCase(Locale.ROOT) + "s");
      }
    }
    return String.join("; ", out);
  }

  /** The kind of a reason, without what it is about: {@code need changed}, {@code never ran}. */
  public static String kind(Reason reason) {
    return switch (reason.kind()) {
      case NEED_CHANGED -> "need changed";
      case NEED_ADDED -> "need added";
      case NEED_REMOVED -> "need removed";
      case NEED_UNREADABLE -> "need cannot be read";
      case NEED_VANISHED -> "need matches nothing";
      case NEED_MISSING -> "need does not exist";
      case FAILED_BEFORE -> "failed before, not run again";
      case IMAGE_UNAVAILABLE -> "image cannot be had";
      case MOVED -> "need moved while it ran last time";
      case DATA_CHANGED -> "data changed";
      case TOOL_CHANGED -> "tool" + change(reason).replaceFirst("(changed).*", "$1");
      case PRODUCT_MISSING -> "product missing";
      case PRODUCT_WANTED -> "product missing that is needed";
      case PRODUCT_ALTERED -> "product altered";
      case SETTING_CHANGED -> SafeText.name(reason.name()) + " changed";
      case PRODUCTS_DECLARED -> "declared products changed";
      case FAILED -> "failed last time";
      case SUBMITTED -> "submitted by an earlier build";
      case ELSEWHERE -> "may still run elsewhere";
      case NEVER_RAN, TIMED_OUT, OUT_OF_MEMORY, INTERRUPTED, ALWAYS, FORCED, NAMED, NOT_TRACED ->
          of(reason);
    };
  }

  /** What a reason of its kind is about. */
  private static String about(Reason reason) {
    return switch (reason.kind()) {
      case FAILED, SUBMITTED -> SafeText.line(reason.now());
      case SETTING_CHANGED, PRODUCTS_DECLARED -> of(reason).replaceFirst("^.*? changed:? ?", "");
      default -> SafeText.name(reason.name());
    };
  }

  /**
   * The reasons of several jobs that have the same kinds: what all share as it is, else the first
   * of a kind with a count of the others.
   */
  public static String together(List<List<Reason>> all) {
    Map<String, Map<String, String>> kinds = new LinkedHashMap<>();
    for (List<Reason> reasons : all) {
      for (Reason reason : reasons) {
        kinds
            .computeIfAbsent(kind(reason), _ -> new LinkedHashMap<>())
            .putIfAbsent(of(reason), about(reason));
      }
    }
    List<String> out = new ArrayList<>();
    kinds.forEach(
        (kind, each) -> {
          Set<String> things = new LinkedHashSet<>(each.values());
          String first = things.iterator().next();
          String more = things.size() == 1 ? "" : " and " + (things.size() - 1) + " more";
          out.add(each.size() == 1 ? each.keySet().iterator().next() : kind + ": " + first + more);
        });
    return String.join("; ", out);
  }

  private static Class of(Reason.Kind kind) {
    return switch (kind) {
      case NEED_CHANGED,
          NEED_ADDED,
          NEED_REMOVED,
          NEED_UNREADABLE,
          NEED_VANISHED,
          NEED_MISSING,
          MOVED,
          DATA_CHANGED,
          TOOL_CHANGED ->
          Class.NEED;
      case PRODUCT_MISSING, PRODUCT_WANTED, PRODUCT_ALTERED -> Class.PRODUCT;
      case SETTING_CHANGED -> Class.SETTING;
      default -> Class.OTHER;
    };
  }

  private static String digests(Reason reason) {
    return reason.old().isEmpty() || reason.now().isEmpty()
        ? ""
        : " " + digest(reason.old()) + " → " + digest(reason.now());
  }

  private static String change(Reason reason) {
    return reason.old().isEmpty()
        ? " added"
        : reason.now().isEmpty() ? " removed" : " changed" + digests(reason);
  }

  /** The digests of a product of which only the executable bit is another. */
  private static String bit(Reason reason) {
    boolean same = reason.old().startsWith(reason.now()) || reason.now().startsWith(reason.old());
    return same && !digests(reason).isEmpty() ? ":" + digests(reason) : "";
  }

  /** A value as JSON; that of a long one is its digest. */
  private static String data(Reason reason) {
    if (reason.old().isEmpty() || reason.now().isEmpty()) {
      return reason.now().isEmpty() ? " removed" : " added";
    }
    TextDiff both = TextDiff.of(value(reason.old()), value(reason.now()));
    return " changed: " + both.old() + " → " + both.now();
  }

  private static String value(String text) {
    return text.startsWith("sha256 ") ? "(long) " + text.substring(7, 14) : text;
  }

  /** A digest as its first letters, words beside it in whole; any other value as it is. */
  public static String digest(String text) {
    Matcher digest = DIGEST.matcher(text);
    return digest.matches()
        ? digest.group(1) + digest.group(2) + digest.group(3)
        : SafeText.line(text, 40);
  }

  private static String texts(Reason reason) {
    if (reason.old().isEmpty() && reason.now().isEmpty()) {
      return "";
    }
    String none = reason.name().startsWith("env ") ? "(unset)" : "(none)";
    TextDiff both = TextDiff.of(reason.old(), reason.now());
    return ": "
        + (reason.old().isEmpty() ? none : both.old())
        + " → "
        + (reason.now().isEmpty() ? none : both.now());
  }
}
