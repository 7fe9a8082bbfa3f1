package dev.torc.core.decide;

import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.TableSeparator;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.KeyedPaths;
import dev.torc.core.model.Ref;
import java.util.List;
import java.util.function.Predicate;

/**
 * Why a job runs. Records store this value, and reports turn it into words.
 *
 * @param name the file, variable or setting; empty if the kind says everything; {@code early} for a
 *     run that ended before its manifest was known
 * @param old the earlier digest or text; may be empty, like {@code now}; for a run that failed, the
 *     digest of its manifest if the present one is known to differ
 * @param now the present digest or text
 */
public record Reason(Kind kind, String name, String old, String now) {

  /** The job has no record. A constant, since a first build may have 100 000 jobs. */
  public static final Reason NEVER_RAN = of(Kind.NEVER_RAN);

  /** Values of {@code old} for {@link Kind#ELSEWHERE}. */
  public static final String HOST = "host";

  public static final String USER = "user";

  /** The causes of rule 1. The cache stores their ordinals, so new ones go at the end. */
  public enum Kind {
    NEVER_RAN(false),
    /** {@code now} has the detail, such as "exit 1". */
    FAILED(true),
    TIMED_OUT(true),
    OUT_OF_MEMORY(true),
    INTERRUPTED(true),
    /** A needed file changed while the job ran. */
    MOVED(false),
    NEED_CHANGED(false),
    NEED_ADDED(false),
    NEED_REMOVED(false),
    /** {@code name} is the setting, such as command, shell, env CC, depfile or order of needs. */
    SETTING_CHANGED(false),
    PRODUCT_MISSING(false),
    PRODUCT_ALTERED(false),
    /** {@code old} and {@code now} are the lists of declared products. */
    PRODUCTS_DECLARED(false),
    ALWAYS(true),
    FORCED(true),
    /** {@code old} and {@code now} are JSON, or digests of long values. */
    DATA_CHANGED(false),
    /** A temporary product is missing; {@code now} names the job or group that needs it. */
    PRODUCT_WANTED(false),
    /** {@code now} says why a need cannot be read. */
    NEED_UNREADABLE(true),

    /**
     * Sources that a glob, folder or group had in the last run are missing. {@code old} says how
     * many, and {@code now} says what exists instead.
     */
    NEED_VANISHED(true),
    /** A program of {@code tools} changed; {@code old} and {@code now} are digests. */
    TOOL_CHANGED(false),
    /** {@code now} says why an image is not available. */
    IMAGE_UNAVAILABLE(true),
    /**
     * An earlier build submitted the job, which has no result yet. {@code now} says where the job
     * is; {@code old} is the {@link #word} of the first cause, or empty.
     */
    SUBMITTED(true),
    /**
     * An earlier build started the job where this build cannot see or stop it. {@code old} says
     * whether {@code name} is a host or a user; {@code now} is the pid of that build's torc.
     */
    ELSEWHERE(true),
    /** The job is manual and has no products, and a target names it. */
    NAMED(true),
    /**
     * A source that an instance needs by its values is missing. {@code old} is a hint, {@code now}
     * the place of the instance's row; both may be empty.
     */
    NEED_MISSING(true),
    /** The last run failed and nothing has changed; {@code now} is the number of that build. */
    FAILED_BEFORE(true),
    /** The job must be traced, but its last good run was not fully traced. */
    NOT_TRACED(true),
    /** A product was changed after the run, in the same build (rule 16); {@code now} says how. */
    UNDONE(true),
    /** A folder product has a member that its job did not make; {@code now} is its digest. */
    MEMBER_ADDED(false),
    MEMBER_CHANGED(false),
    MEMBER_DELETED(false),
    /** A name in the depfile, as written, led to no file. */
    DEPFILE_NOWHERE(true),
    /** An earlier build, whose number is {@code now}, was forced to run the job, and did not. */
    FORCED_BEFORE(true),
    /** The last good run is older than {@code name}, the job's {@code max_age} as written. */
    TOO_OLD(true),
    /** A product of a frozen job is missing, or does not count: {@code now} says why. */
    FROZEN(true),
    /**
     * {@code now} says how the probe failed; empty if it just exited with another status than 0.
     */
    PROBE_FAILED(true),
    /** A value in a file; {@code name} is the path and the key, the rest as in DATA_CHANGED. */
    KEY_CHANGED(false),
    /** A need whose maker may not run is missing or altered; {@code now} says which one. */
    NOT_MADE(true),
    /**
     * A need of an instance by its values is a leftover, which job {@code old} made until build
     * {@code now}.
     */
    NEED_LEFTOVER(true);

    private final boolean wantsRun;

    Kind(boolean wantsRun) {
      this.wantsRun = wantsRun;
    }

    /** Returns whether this kind tells how the last run ended. */
    boolean isEnd() {
      return this == FAILED
          || this == TIMED_OUT
          || this == OUT_OF_MEMORY
          || this == INTERRUPTED
          || this == UNDONE;
    }
  }

  /** Returns whether the last attempt did not end well, with the present manifest. */
  public boolean isUnfinished() {
    return kind.isEnd() && kind != Kind.UNDONE && old.isEmpty() && name.isEmpty();
  }

  /** Returns the word that tells a job why it runs, with {@code resumed} products or not. */
  public static String told(List<Reason> reasons, int attempt, boolean resumed) {
    for (Reason reason : reasons) {
      if (reason.kind == Kind.NEVER_RAN && attempt == 1) {
        return "first";
      } else if (reason.kind == Kind.FORCED && attempt == 1) {
        return "forced";
      }
    }
    return resumed
        ? "resumed"
        : attempt > 1 || reasons.stream().anyMatch(reason -> reason.kind.isEnd())
            ? "failed"
            : "changed";
  }

  /** Returns whether the job has to run: no known result may replace the run. */
  boolean wantsRun() {
    return kind.wantsRun && (old.isEmpty() || !kind.isEnd());
  }

  /** Returns where a submitted job is; null if the job was not submitted. */
  public static String out(List<Reason> reasons) {
    return reasons.stream()
        .filter(reason -> reason.kind == Kind.SUBMITTED)
        .map(Reason::now)
        .findFirst()
        .orElse(null);
  }

  /** Returns the reasons except {@link Kind#SUBMITTED}, unless that is the only one. */
  public static List<Reason> causes(List<Reason> reasons) {
    return reasons.size() < 2 || out(reasons) == null
        ? reasons
        : reasons.stream().filter(reason -> reason.kind != Kind.SUBMITTED).toList();
  }

  /** Returns this reason, without the cause if it is {@link Kind#SUBMITTED}. */
  Reason where() {
    return kind == Kind.SUBMITTED ? new Reason(kind, "", "", now) : this;
  }

  /** Returns why a job was submitted, from the {@link #word} in {@code old}; null if unknown. */
  Reason cause() {
    String[] word = old.split(" ", 2);
    return kind != Kind.SUBMITTED || word.length < 2
        ? null
        : new Reason(Kind.valueOf(word[0]), word[1], "", "");
  }

  /** Returns kind and name as a text. {@link Kind#SUBMITTED} stores the text of its first cause. */
  public String word() {
    return kind + " " + name;
  }

  /** Returns whether a need or product whose name {@code names} accepts may be new. */
  public static boolean anyNewItem(List<Reason> reasons, Kind kind, Predicate<String> names) {
    return reasons.stream()
        .anyMatch(
            each -> each.kind == Kind.NEVER_RAN || each.kind == kind && names.test(each.name));
  }

  /** Returns why a job cannot run now. All reports and answers use this text. */
  public String lack() {
    return switch (kind) {
      case IMAGE_UNAVAILABLE, NOT_MADE -> now;
      case ELSEWHERE ->
          (old.equals(HOST)
                  ? "may still be running on %s (pid %s); build there, or pass --gone %1$s if that"
                      + " host is down"
                  : "may still be running as %s (pid %s); let %1$s build, or pass --gone %1$s if"
                      + " nothing does")
              .formatted(name, now);
      case FROZEN ->
          "it is frozen, and %s; put its products back, or name it with --force"
              .formatted(now.isEmpty() ? "product " + SafeText.name(name) + " is missing" : now);
      case FAILED_BEFORE -> "failed in build " + now + "; skipped, nothing changed";
      case NEED_MISSING ->
          "need %s does not exist, and no job produces it%s%s%s"
              .formatted(
                  SafeText.name(name),
                  now.isEmpty() ? "" : "; its row is " + now,
                  old,
                  now.isEmpty() ? "" : TableSeparator.hint(name));
      case NEED_LEFTOVER ->
          "need %s is a leftover, which %s"
              .formatted(SafeText.name(name), leftover(name, old, now));
      case NEED_UNREADABLE -> "need %s cannot be read: %s".formatted(name, now);
      default ->
          "need %s matched %s then, none now: %s; --force runs the job all the same"
              .formatted(name, old, now);
    };
  }

  /** Returns until which build a job made a leftover (rule 13); an empty build is unknown. */
  static String leftover(String path, String job, String build) {
    String until = build.isEmpty() ? "" : " until build " + build;
    return "%s made%s; no job makes it now; `torc adopt --source %s` keeps it as yours"
        .formatted(SafeText.name(job), until, SafeText.name(path));
  }

  public static Reason of(Kind kind) {
    return new Reason(kind, "", "", "");
  }

  public static Reason of(Kind kind, String name) {
    return new Reason(kind, name, "", "");
  }

  /** Returns the file of a value in a file; otherwise the name. */
  public String path() {
    return kind == Kind.KEY_CHANGED ? KeyedPaths.path(name) : name;
  }

  /** Returns the job or open group that makes the file or value that it names; -1 if none does. */
  public int maker(Graph graph) {
    return switch (kind) {
      case DATA_CHANGED -> {
        String job = graph.readingOf(Ref.OfData.of(Place.NONE, name, false)).job();
        yield job == null ? -1 : graph.jobId(job);
      }
      case KEY_CHANGED -> graph.makerOf(path());
      case NEED_CHANGED, NEED_ADDED, NEED_REMOVED ->
          name.startsWith("job ")
              ? graph.jobId(name.substring("job ".length()))
              : graph.makerOf(name);
      default -> -1;
    };
  }
}
