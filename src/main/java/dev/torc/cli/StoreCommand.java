package dev.torc.cli;

import dev.torc.ask.StoreAnswer;
import dev.torc.ask.StoreUpkeep;
import dev.torc.session.BuildRequest.LockTerms;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Sizes;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.List;

/** {@code torc store}: what is kept of earlier results, and what is not to be kept any longer. */
final class StoreCommand {
  private static final String PRUNE = "--prune";
  private static final String CLEAR = "--clear";
  private static final String VERIFY = "--verify";
  private static final String KEY = "--make-key";

  private StoreCommand() {}

  static int run(Call call) throws IOException {
    List<Options.Given> actions = call.given.given(PRUNE, CLEAR, VERIFY, KEY);
    boolean dry = call.has("--dry-run");
    if (actions.isEmpty()) {
      if (dry) {
        throw Call.usage("-n: showing changes nothing; give it with --prune, --clear or --verify");
      }
      return call.print(StoreAnswer.of(call.folder(), call.targets(), call.console::warn));
    }
    String action = actions.getFirst().name();
    for (Options.Given other : actions) {
      if (!other.name().equals(action)) {
        throw Call.usage(action + " and " + other.name() + ": do one at a time");
      }
    }
    if (!call.targets().isEmpty()) {
      String first = SafeText.name(call.targets().getFirst());
      String next = "; `torc clean JOB` forgets the results of a job too";
      throw Call.usage(
          "%s %s: %s takes no JOB%s"
              .formatted(action, first, action, action.equals(KEY) ? "" : next));
    }
    String value = actions.getLast().value();
    if (action.equals(KEY)) {
      if (dry) {
        throw Call.usage("-n with --make-key: a key is made or not; leave one out");
      }
      return call.print(StoreUpkeep.key(call.path(value)));
    }
    long most = action.equals(PRUNE) && !value.isEmpty() ? size(value) : StoreUpkeep.BOUND;
    LockTerms terms = call.lock();
    boolean bound = action.equals(PRUNE) && most == StoreUpkeep.BOUND;
    ProjectFolder folder = call.folder(bound).withoutResults();
    Console console = call.console;
    StoreUpkeep upkeep =
        new StoreUpkeep(console.caller(), folder, dry, terms, console::say, console::warn);
    return call.print(
        action.equals(VERIFY) ? upkeep.verify() : upkeep.free(action.equals(CLEAR), most));
  }

  private static long size(String text) {
    try {
      return Sizes.parse(text);
    } catch (IllegalArgumentException e) {
      BadInput refused = Call.usage(PRUNE + ": " + SafeText.line(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }
}
