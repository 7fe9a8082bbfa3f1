package dev.torc.front.show;

import dev.torc.base.posix.Walk;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason;
import dev.torc.core.manifest.LeftOut;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts each reason into the words of how-torc-decides.md, on one line. The planner orders them. */
public final class ReasonText {

  /** How many reasons of one class are named before the rest is only counted. */
  private static final int NAMED = 5;

  /** How many of the omitted jobs are named. */
  private static final int LEFT_OUT = 3;

  /** Matches a digest, after the word {@code link} for a symlink, or before {@code executable}. */
  private static final Pattern DIGEST =
      Pattern.compile("((?:link )?)([0-9a-f]{7})[0-9a-f]{57}((?: executable)?)");

  /** What precedes the digest of a secret that counts. */
  private static final Pattern COUNTED =
      Pattern.compile("\\{secret\\.[^{}]++}\\{counts\\.[^{}]++} ");

  /** Reasons why a job cannot run. They have their own text; {@link #words} only names the kind. */
  private static final Set<Reason.Kind> LACKS =
      EnumSet.of(
          Reason.Kind.NEED_UNREADABLE,
          Reason.Kind.NEED_VANISHED,
          Reason.Kind.NEED_MISSING,
          Reason.Kind.NEED_LEFTOVER,
          Reason.Kind.FAILED_BEFORE,
          Reason.Kind.FROZEN,
          Reason.Kind.NOT_MADE,
          Reason.Kind.IMAGE_UNAVAILABLE,
          Reason.Kind.ELSEWHERE);

  private enum Class {
    NEED,
    PRODUCT,
    MEMBER,
    SETTING,
    OTHER
  }

  private ReasonText() {}

  /** Returns one reason, such as {@code need f2.json changed 3f2a91c → 88d01be}. */
  public static String of(Reason reason) {
    return text(reason, false);
  }

  private static String text(Reason reason, boolean past) {
    return LACKS.contains(reason.kind())
        ? SafeText.message(reason.lack())
        : words(reason, past) + more(reason);
  }

  /** Returns the words for a reason's kind, with the reason's name filled in. */
  private static String words(Reason reason, boolean past) {
    String both = words(reason);
    int bar = both.indexOf('|');
    String words = bar < 0 ? both : past ? both.substring(bar + 1) : both.substring(0, bar);
    return words.replace("{}", SafeText.name(reason.name()));
  }

  /** Returns the words for a reason's kind, with {} for its name; the past form follows a bar. */
  private static String words(Reason reason) {
    return switch (reason.kind()) {
      case NEVER_RAN -> "first run|it was the first run";
      case FAILED -> "failed last time|it had failed";
      case TIMED_OUT -> "timed out last time|it had timed out";
      case OUT_OF_MEMORY -> "ran out of memory last time|it had run out of memory";
      case INTERRUPTED -> "was interrupted last time|it had been interrupted";
      case UNDONE -> "lost a product last time|it had lost a product";
      case SUBMITTED -> "submitted by an earlier build";
      case MOVED ->
          "need {} changed while the job was running last time|need {} had changed while it ran";
      case NEED_CHANGED ->
          Walk.isWay(reason.name()) ? "need {} leads to another folder" : "need {} changed";
      case NEED_ADDED -> "need {} added";
      case NEED_REMOVED -> "need {} removed";
      case SETTING_CHANGED -> "{} changed";
      case PRODUCT_MISSING, PRODUCT_WANTED -> "product {} missing";
      case PRODUCT_ALTERED -> "product {} modified";
      case MEMBER_ADDED -> "{} added";
      case MEMBER_CHANGED -> "{} changed";
      case MEMBER_DELETED -> "{} deleted";
      case PRODUCTS_DECLARED -> "declared products changed";
      case ALWAYS -> "always|it always runs";
      case FORCED -> "forced|it was forced";
      case FORCED_BEFORE ->
          "forced in build %1$s and not reached|build %1$s was forced to run it and had not"
              .formatted(reason.now());
      case NAMED -> "named as a target|it was named as a target";
      case DEPFILE_NOWHERE -> "depfile name {} led nowhere|its depfile name {} had led nowhere";
      case TOO_OLD -> "older than {}|it was older than {}";
      case NOT_TRACED -> "last run was not fully traced|its last run was not fully traced";
      case DATA_CHANGED -> "data {}" + change(reason);
      case KEY_CHANGED -> "{}" + change(reason);
      case TOOL_CHANGED -> "tool {}" + change(reason);
      case NEED_UNREADABLE -> "need cannot be read";
      case NEED_VANISHED -> "need matches nothing";
      case NEED_MISSING -> "need missing";
      case NEED_LEFTOVER -> "need is a leftover";
      case FROZEN -> "frozen, product missing";
      case NOT_MADE -> "run without --only";
      case PROBE_FAILED -> "probe failed|its probe had failed";
      case FAILED_BEFORE -> "failed before; skipped, nothing changed";
      case IMAGE_UNAVAILABLE -> "image not available";
      case ELSEWHERE -> "may still be running elsewhere";
    };
  }

  /** Returns the details of a reason, which follow the words for its kind. */
  private static String more(Reason reason) {
    return switch (reason.kind()) {
      case FAILED, UNDONE -> reason.now().isEmpty() ? "" : " (" + SafeText.line(reason.now()) + ")";
      case NEED_CHANGED, TOOL_CHANGED -> digests(reason);
      case SETTING_CHANGED, PRODUCTS_DECLARED -> texts(reason);
      case PRODUCT_WANTED -> ", which " + SafeText.name(reason.now()) + " needs";
      case PRODUCT_ALTERED -> bit(reason);
      case DATA_CHANGED -> data(reason, ": ");
      case KEY_CHANGED -> data(reason, " ");
      case PROBE_FAILED -> reason.now().isEmpty() ? "" : " (" + SafeText.line(reason.now()) + ")";
      default -> "";
    };
  }

  /** Returns a reason in the past tense, for a run that has ended. */
  public static String past(Reason reason) {
    return reason.kind() == Reason.Kind.SUBMITTED
        ? "it was out at " + SafeText.line(reason.now())
        : text(reason, true);
  }

  public static String all(List<Reason> reasons) {
    return all(reasons, ReasonText::of);
  }

  private static String all(List<Reason> reasons, Function<Reason, String> words) {
    List<String> out = new ArrayList<>();
    reasons.forEach(reason -> add(out, classOf(reason.kind()), words.apply(reason)));
    return String.join("; ", out);
  }

  /** Adds a reason; that of a folder's member is appended to that of the folder. */
  private static void add(List<String> out, Class kind, String text) {
    if (kind == Class.MEMBER && !out.isEmpty()) {
      String before = out.removeLast();
      out.add(before + (before.endsWith(" modified") ? ": " : ", ") + text);
    } else {
      out.add(text);
    }
  }

  /** Returns the reasons, joined by semicolons; names only the first of many needs or products. */
  public static String brief(List<Reason> reasons) {
    return brief(reasons, i -> of(reasons.get(i)));
  }

  /** Returns the shortened reasons; {@code told} gives the words of a reason by its index. */
  public static String brief(List<Reason> reasons, IntFunction<String> told) {
    Map<Class, Integer> counts = new EnumMap<>(Class.class);
    reasons.forEach(reason -> counts.merge(classOf(reason.kind()), 1, Integer::sum));
    Map<Class, Integer> said = new EnumMap<>(Class.class);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < reasons.size(); i++) {
      Class kind = classOf(reasons.get(i).kind());
      int nth = said.merge(kind, 1, Integer::sum);
      int rest = counts.get(kind) - NAMED;
      // One more is as short to name as to count.
      if (kind == Class.OTHER || rest <= 1 || nth <= NAMED) {
        add(out, kind, told.apply(i));
      } else if (nth == NAMED + 1) {
        add(out, kind, "…and " + rest + " more " + kind.name().toLowerCase(Locale.ROOT) + "s");
      }
    }
    return String.join("; ", out);
  }

  /** Returns the kind of a reason, without its name: {@code need changed}, {@code never ran}. */
  public static String kind(Reason reason) {
    return switch (reason.kind()) {
      case DATA_CHANGED -> "data changed";
      case KEY_CHANGED -> "value changed";
      case PRODUCT_WANTED -> "product missing that is needed";
      case SETTING_CHANGED -> SafeText.name(reason.name()) + " changed";
      case MEMBER_ADDED, MEMBER_CHANGED, MEMBER_DELETED -> words(reason).replace("{}", "member");
      default -> words(reason).replace(" {}", "").replaceFirst("[|].*", "");
    };
  }

  /** Returns the object of a reason, without its kind. */
  private static String about(Reason reason) {
    return switch (reason.kind()) {
      case FAILED, UNDONE, SUBMITTED -> SafeText.line(reason.now());
      case SETTING_CHANGED, PRODUCTS_DECLARED -> of(reason).replaceFirst("^.*? changed:? ?", "");
      default -> SafeText.name(reason.name());
    };
  }

  /**
   * Returns the reasons of several jobs that have the same kinds of reasons. If all reasons of a
   * kind are equal, that reason is written once; otherwise the first is named and the others are
   * counted.
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

  private static Class classOf(Reason.Kind kind) {
    return switch (kind) {
      case NEED_CHANGED,
          NEED_ADDED,
          NEED_REMOVED,
          NEED_UNREADABLE,
          NEED_VANISHED,
          NEED_MISSING,
          NEED_LEFTOVER,
          MOVED,
          DEPFILE_NOWHERE,
          DATA_CHANGED,
          KEY_CHANGED,
          TOOL_CHANGED ->
          Class.NEED;
      case PRODUCT_MISSING, PRODUCT_WANTED, PRODUCT_ALTERED -> Class.PRODUCT;
      case MEMBER_ADDED, MEMBER_CHANGED, MEMBER_DELETED -> Class.MEMBER;
      case SETTING_CHANGED -> Class.SETTING;
      default -> Class.OTHER;
    };
  }

  /** Returns {@code without 3 of 100: call/s=s7, …} for each need that omits jobs; else empty. */
  public static String without(List<LeftOut> needs) {
    StringBuilder out = new StringBuilder();
    for (LeftOut need : needs) {
      List<String> names = need.jobs().stream().limit(LEFT_OUT).map(SafeText::name).toList();
      out.append(out.isEmpty() ? "without " : "; without ")
          .append(need.jobs().size() + " of " + need.of() + ": ")
          .append(String.join(", ", names))
          .append(need.jobs().size() > LEFT_OUT ? " …" : "");
    }
    return out.toString();
  }

  private static String digests(Reason reason) {
    return reason.old().isEmpty() || reason.now().isEmpty() || Walk.isWay(reason.name())
        ? ""
        : " " + digest(reason.old()) + " → " + digest(reason.now());
  }

  private static String change(Reason reason) {
    return reason.old().isEmpty() ? " added" : reason.now().isEmpty() ? " removed" : " changed";
  }

  /** Returns the digests of a product if only its executable bit differs; else empty. */
  private static String bit(Reason reason) {
    boolean same = reason.old().startsWith(reason.now()) || reason.now().startsWith(reason.old());
    return same && !digests(reason).isEmpty() ? ":" + digests(reason) : "";
  }

  /** Returns the old and the new value as JSON; a long value is shown by its digest. */
  private static String data(Reason reason, String before) {
    if (reason.old().isEmpty() || reason.now().isEmpty()) {
      return "";
    }
    TextDiff both = TextDiff.of(value(reason.old()), value(reason.now()));
    return before + both.old() + " → " + both.now();
  }

  private static String value(String text) {
    return text.startsWith("sha256 ") ? "(long) " + text.substring(7, 14) : text;
  }

  /** Returns the first seven digits of a digest, with its words; shortens any other value. */
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
    TextDiff both = TextDiff.of(shown(reason.old()), shown(reason.now()));
    return ": "
        + (reason.old().isEmpty() ? none : both.old())
        + " → "
        + (reason.now().isEmpty() ? none : both.now());
  }

  /**
   * Returns a text of a manifest without the slots of a secret that counts: the digest is enough.
   */
  private static String shown(String text) {
    return COUNTED.matcher(text).replaceFirst("secret ");
  }
}
