package dev.torc.cli;

import dev.torc.session.LockTerms;
import dev.torc.text.SafeText;
import java.util.Set;
import java.util.TreeSet;

/** The options of every command that takes the build lock. It takes none. */
final class LockOptions {

  private boolean noWait;
  private boolean trust;
  private final Set<String> gone = new TreeSet<>();

  /** Tells them to the parser. */
  void declare(Options options) {
    declare(options, true);
  }

  /**
   * The same.
   *
   * @param ends whether the command may end instead of waiting
   */
  void declare(Options options, boolean ends) {
    if (ends) {
      options.flag(
          "--no-wait", "end with status 75 where another build is at work", () -> noWait = true);
    }
    options.flag(
        "--trust-lock",
        "build on a network root whose locks other hosts do not see",
        () -> trust = true);
    options.value(
        "--gone",
        "NAME",
        "nothing runs any more on that host, or as that user, of a shared root",
        gone::add);
  }

  /** What the options and the environment say; throws {@link dev.torc.syntax.BadInput}. */
  LockTerms terms(Console console) {
    String given = console.env().getOrDefault(LockTerms.TRUST, "");
    if (!given.isEmpty() && !given.equals("1")) {
      throw CommonOptions.usage(
          LockTerms.TRUST + "=" + SafeText.name(given) + ": write 1, or leave it empty");
    }
    return new LockTerms(!noWait, trust || !given.isEmpty(), gone);
  }
}
