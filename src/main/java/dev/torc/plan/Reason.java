package dev.torc.plan;

import dev.torc.text.SafeText;
import java.util.List;
import java.util.function.Predicate;

/**
 * Why a job runs, as a value that records store and reports put into words.
 *
 * @param name the file, variable or setting; empty if the kind says everything
 * @param old the earlier digest or text; may be empty, like {@code now}
 * @param now the present digest or text
 */
public record Reason(Kind kind, String name, String old, String now) {

  /** The job has no record. The object is shared, since a first build may have 100 000 jobs. */
  static final Reason NEVER_RAN = of(Kind.NEVER_RAN);

  /** Values of {@code old} for {@link Kind#ELSEWHERE}. */
  public static final String HOST = "host";

  public static final String USER = "user";

  /** The causes of rule 1. The cache has their ordinals as codes: only append. */
  public enum Kind {
    NEVER_RAN(false),
    /** {@code now} has the detail, such as "exit 1". */
    FAILED(true),
    TIMED_OUT(true),
    OUT_OF_MEMORY(true),
    INTERRUPTED(true),
    /** A needed file moved while the job ran. */
    MOVED(false),
    NEED_CHANGED(false),
    NEED_ADDED(false),
    NEED_REMOVED(false),
    /** {@code name} is the setting: command, folder, shell, env CC, depfile, order of needs. */
    SETTING_CHANGED(false),
    PRODUCT_MISSING(false),
    PRODUCT_ALTERED(false),
    /** {@code old} and {@code now} are the lists of declared products. */
    PRODUCTS_DECLARED(false),
    ALWAYS(true),
    FORCED(true),
    /** {@code old} and {@code now} are JSON, or digests of long values. */
    DATA_CHANGED(false),
    /** A missing temporary product; {@code now} names the job or group that needs it. */
    PRODUCT_WANTED(false),
    /** {@code now} says why a need cannot be looked at or read. */
    NEED_UNREADABLE(true),

    /**
     * Sources that a glob, folder or group had in the last run are gone; {@code old} says how many,
     * {@code now} what exists instead.
     */
    NEED_VANISHED(true),
    /** A program of {@code tools}; {@code old} and {@code now} are digests. */
    TOOL_CHANGED(false),
    /** {@code now} says why an image is not available. */
    IMAGE_UNAVAILABLE(true),
    /**
     * An earlier build submitted the job, and has no result; {@code now} says where it is, {@code
     * old} has the {@link #word} of its first cause, if known.
     */
    SUBMITTED(true),
    /**
     * An earlier build started the job where this one cannot see or end it; {@code old} says
     * whether {@code name} is a host or a user, {@code now} is the pid of the torc there.
     */
    ELSEWHERE(true),
    /** A manual job without products is a target. */
    NAMED(true),
    /**
     * A missing source that an instance needs by its values; {@code old} is a hint, {@code now} the
     * place of its row, empty without one.
     */
    NEED_MISSING(true),
    /** The last run failed and nothing changed; {@code now} is the number of that build. */
    FAILED_BEFORE(true),
    /** The job has to be traced, and its last good run was not fully traced. */
    NOT_TRACED(true),
    /** A product was changed in its build after the run (rule 16); {@code now} says how. */
    UNDONE(true),
    /** A member of a folder product that its job did not make; {@code now} is its digest. */
    MEMBER_ADDED(false),
    MEMBER_CHANGED(false),
    MEMBER_DELETED(false);

    private final boolean wantsRun;

    Kind(boolean wantsRun) {
      this.wantsRun = wantsRun;
    }

    /** Returns whether this requires a run, so that no earlier result may replace it. */
    boolean wantsRun() {
      return wantsRun;
    }
  }

  /** Returns where a submitted job is; null for other jobs. */
  public static String out(List<Reason> reasons) {
    for (Reason reason : reasons) {
      if (reason.kind == Kind.SUBMITTED) {
        return reason.now;
      }
    }
    return null;
  }

  /** Returns the reasons without {@link Kind#SUBMITTED}, unless that is the only one. */
  public static List<Reason> causes(List<Reason> reasons) {
    return reasons.size() < 2 || out(reasons) == null
        ? reasons
        : reasons.stream().filter(reason -> reason.kind != Kind.SUBMITTED).toList();
  }

  /** Returns this reason; if it is {@link Kind#SUBMITTED}, without the cause. */
  Reason where() {
    return kind == Kind.SUBMITTED ? new Reason(kind, "", "", now) : this;
  }

  /** Returns why a job was submitted, read from its {@link #word}; null if unknown. */
  Reason cause() {
    String[] word = old.split(" ", 2);
    return kind != Kind.SUBMITTED || word.length < 2
        ? null
        : new Reason(Kind.valueOf(word[0]), word[1], "", "");
  }

  /** Returns kind and name as a text, which {@link Kind#SUBMITTED} stores of its first cause. */
  public String word() {
    return kind + " " + name;
  }

  /** Returns whether an item of needs or produces, which {@code names} accepts, may be new. */
  public static boolean anyNewItem(List<Reason> reasons, Kind kind, Predicate<String> names) {
    for (Reason reason : reasons) {
      if (reason.kind == Kind.NEVER_RAN || reason.kind == kind && names.test(reason.name)) {
        return true;
      }
    }
    return false;
  }

  public static boolean anyNewCommand(List<Reason> reasons) {
    for (Reason reason : reasons) {
      String name = reason.name;
      if (reason.kind == Kind.NEVER_RAN
          || reason.kind == Kind.SETTING_CHANGED
              && (LineKind.COMMAND.tells(name)
                  || LineKind.SHELL.tells(name)
                  || LineKind.FOLDER.tells(name))) {
        return true;
      }
    }
    return false;
  }

  /** Returns why a job cannot run now, in the words of all reports and answers. */
  public String lack() {
    return switch (kind) {
      case IMAGE_UNAVAILABLE -> now;
      case ELSEWHERE ->
          (old.equals(HOST)
                  ? "may still be running on %s (pid %s); build there, or pass --gone %1$s if that"
                      + " host is down"
                  : "may still be running as %s (pid %s); let %1$s build, or pass --gone %1$s if"
                      + " nothing does")
              .formatted(name, now);
      case FAILED_BEFORE -> "failed in build " + now + "; skipped, nothing changed";
      case NEED_MISSING ->
          "need %s does not exist, and no job produces it%s%s"
              .formatted(SafeText.name(name), now.isEmpty() ? "" : "; its row is " + now, old);
      case NEED_UNREADABLE -> "need %s cannot be read: %s".formatted(name, now);
      default ->
          "need %s matched %s then, none now: %s; --force runs the job all the same"
              .formatted(name, old, now);
    };
  }

  public static Reason of(Kind kind) {
    return new Reason(kind, "", "", "");
  }

  public static Reason of(Kind kind, String name) {
    return new Reason(kind, name, "", "");
  }
}
