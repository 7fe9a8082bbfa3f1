package dev.torc.plan;

import dev.torc.text.SafeText;
import java.util.List;
import java.util.function.Predicate;

/**
 * Why a job runs, as a value: kept in records, printed by reports, compared in tests. The reports
 * put it into words.
 *
 * @param name the file, variable or setting in question; empty where the kind says all
 * @param old the earlier digest or text; empty where there was none
 * @param now the present digest or text; empty where there is none
 */
public record Reason(Kind kind, String name, String old, String now) {

  /** There is no record of the job. The object is shared: a first build may have 100 000 jobs. */
  static final Reason NEVER_RAN = of(Kind.NEVER_RAN);

  /** What {@code old} of {@link Kind#ELSEWHERE} says: a job runs on a host, or as a user. */
  public static final String HOST = "host";

  public static final String USER = "user";

  /** The causes of rule 1. The order is that of the codes in the cache: only append. */
  public enum Kind {
    NEVER_RAN(false),
    /** {@code now} holds the detail, such as "exit 1". */
    FAILED(true),
    TIMED_OUT(true),
    OUT_OF_MEMORY(true),
    INTERRUPTED(true),
    /** A needed file moved while the job ran; {@code name} is the file. */
    MOVED(false),
    NEED_CHANGED(false),
    NEED_ADDED(false),
    NEED_REMOVED(false),
    /** {@code name} is the setting: command, folder, shell, env CC, depfile, order of needs. */
    SETTING_CHANGED(false),
    PRODUCT_MISSING(false),
    PRODUCT_ALTERED(false),
    /** Declared products differ; {@code old} and {@code now} are the lists. */
    PRODUCTS_DECLARED(false),
    ALWAYS(true),
    FORCED(true),
    /** A needed value; {@code old} and {@code now} as JSON, or digests of long ones. */
    DATA_CHANGED(false),
    /** A temporary product that is missing; {@code now} names the job or group that needs it. */
    PRODUCT_WANTED(false),
    /** A need that cannot be looked at or read; {@code now} says why. */
    NEED_UNREADABLE(true),

    /**
     * A needed glob, folder or group over sources gave something when the job last ran and gives
     * nothing now; {@code old} says how much, {@code now} what is there instead.
     */
    NEED_VANISHED(true),
    /** A program of {@code tools}; {@code old} and {@code now} are digests. */
    TOOL_CHANGED(false),
    /** An image that cannot be had here, as a look shows; {@code now} says why. */
    IMAGE_UNAVAILABLE(true),
    /**
     * An earlier build handed the job out, and its result is not recorded; {@code now} says where
     * it is, {@code old} the {@link #word} of its first cause, empty where that is not known.
     */
    SUBMITTED(true),
    /**
     * An earlier build left the job where it can be neither seen nor ended from here; {@code old}
     * says whether {@code name} is a host or a user, {@code now} is the pid of the torc there.
     */
    ELSEWHERE(true),
    /** A manual job without products is a target. */
    NAMED(true),
    /**
     * A source that is not there and whose name comes from the values of an instance; {@code now}
     * is the place of its row, empty without one, {@code old} a hint.
     */
    NEED_MISSING(true),
    /** The last run failed, and that is to stand; {@code now} is the number of that build. */
    FAILED_BEFORE(true),
    /** The job is to be traced, and its last good run was not traced to its end. */
    NOT_TRACED(true),
    /** A product was changed after the last run, in its build (rule 16); {@code now} tells it. */
    UNDONE(true),
    /** A member of a folder product that its job did not make; {@code now} is its digest. */
    MEMBER_ADDED(false),
    MEMBER_CHANGED(false),
    MEMBER_DELETED(false);

    private final boolean wantsRun;

    Kind(boolean wantsRun) {
      this.wantsRun = wantsRun;
    }

    /** Returns whether no earlier result can stand for the run that is due. */
    boolean wantsRun() {
      return wantsRun;
    }
  }

  /** Returns where a job is that an earlier build handed out; null for one that is not out. */
  public static String out(List<Reason> reasons) {
    for (Reason reason : reasons) {
      if (reason.kind == Kind.SUBMITTED) {
        return reason.now;
      }
    }
    return null;
  }

  /** Returns the reasons without the one that says where a job is, unless that is the only one. */
  public static List<Reason> causes(List<Reason> reasons) {
    return reasons.size() < 2 || out(reasons) == null
        ? reasons
        : reasons.stream().filter(reason -> reason.kind != Kind.SUBMITTED).toList();
  }

  /** Returns this reason; if it says where a job is, without the cause. */
  Reason where() {
    return kind == Kind.SUBMITTED ? new Reason(kind, "", "", now) : this;
  }

  /**
   * Returns why a job was handed out, read from its {@link #word}; null where that is not known.
   */
  Reason cause() {
    String[] word = old.split(" ", 2);
    return kind != Kind.SUBMITTED || word.length < 2
        ? null
        : new Reason(Kind.valueOf(word[0]), word[1], "", "");
  }

  /** Returns the kind and name, as a text that {@link Kind#SUBMITTED} keeps of its first cause. */
  public String word() {
    return kind + " " + name;
  }

  /**
   * Returns whether one of the reasons may be that an item of needs or produces is new.
   *
   * @param kind of a reason that says so
   * @param names whether the item may be meant by the name in that reason
   */
  public static boolean anyNewItem(List<Reason> reasons, Kind kind, Predicate<String> names) {
    for (Reason reason : reasons) {
      if (reason.kind == Kind.NEVER_RAN || reason.kind == kind && names.test(reason.name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether one of the reasons says that a command, its folder or its shell is a new one.
   */
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

  /** Returns why a job cannot run this time, in the words of all reports and answers. */
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

  /** Returns a reason whose kind says all. */
  public static Reason of(Kind kind) {
    return new Reason(kind, "", "", "");
  }

  /** Returns a reason about one thing. */
  public static Reason of(Kind kind, String name) {
    return new Reason(kind, name, "", "");
  }
}
