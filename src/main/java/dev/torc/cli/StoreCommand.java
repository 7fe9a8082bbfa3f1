package dev.torc.cli;

import dev.torc.ask.StoreAnswer;
import dev.torc.ask.StoreUpkeep;
import dev.torc.session.LockTerms;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Sizes;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code torc store}: what is kept of earlier results, and what is not to be kept any longer. */
final class StoreCommand extends Command {

  private static final String PRUNE = "--prune";
  private static final String CLEAR = "--clear";
  private static final String VERIFY = "--verify";
  private static final String KEY = "--make-key";

  private final List<String> actions = new ArrayList<>();
  private String value; // of the last action
  private boolean dry;
  private final LockOptions lock = new LockOptions();

  @Override
  void declare(Options options) {
    options.words("JOB", "show the results of jobs, groups, tags, files instead", 0, targets::add);
    options.optional(
        PRUNE,
        "SIZE",
        "take the least recently used results away until no more than SIZE is held",
        size -> act(PRUNE, size));
    options.flag(CLEAR, "take all results away", () -> act(CLEAR, ""));
    options.flag(
        VERIFY,
        "read all that is held, and take out what is not what was stored",
        () -> act(VERIFY, ""));
    options.flag("-n --dry-run", "only say what would be taken away", () -> dry = true);
    lock.declare(options);
    options.value(
        KEY,
        "FILE",
        "write a new key that signs results for shared stores, and print its public word",
        file -> act(KEY, file));
  }

  private void act(String action, String given) {
    actions.add(action);
    value = given;
  }

  @Override
  int run(Console console) throws IOException {
    if (actions.isEmpty()) {
      if (dry) {
        throw CommonOptions.usage(
            "-n: showing changes nothing; give it with --prune, --clear or --verify");
      }
      return print(console, StoreAnswer.of(folder(console, false), targets, console::warn));
    }
    String action = actions.getFirst();
    for (String other : actions) {
      if (!other.equals(action)) {
        throw CommonOptions.usage(action + " and " + other + ": do one at a time");
      }
    }
    if (!targets.isEmpty()) {
      throw CommonOptions.usage(
          "%s %s: %s takes no JOB%s"
              .formatted(
                  action,
                  SafeText.name(targets.getFirst()),
                  action,
                  action.equals(KEY) ? "" : "; `torc clean JOB` forgets the results of a job too"));
    }
    if (action.equals(KEY)) {
      if (dry) {
        throw CommonOptions.usage("-n with --make-key: a key is made or not; leave one out");
      }
      return print(console, StoreUpkeep.key(console.cwd().resolve(value).normalize()));
    }
    boolean all = action.equals(CLEAR);
    boolean verify = action.equals(VERIFY);
    long most = verify ? 0 : most(all);
    LockTerms terms = lock.terms(console);
    ProjectFolder folder =
        folder(console, !all && !verify && most == StoreUpkeep.BOUND).withoutResults();
    StoreUpkeep upkeep =
        new StoreUpkeep(console.caller(), folder, dry, terms, console::say, console::warn);
    return print(console, verify ? upkeep.verify() : upkeep.free(all, most));
  }

  private long most(boolean all) {
    if (all || value.isEmpty()) {
      return StoreUpkeep.BOUND;
    }
    try {
      return Sizes.parse(value);
    } catch (IllegalArgumentException e) {
      BadInput refused = CommonOptions.usage(PRUNE + ": " + SafeText.line(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }
}
