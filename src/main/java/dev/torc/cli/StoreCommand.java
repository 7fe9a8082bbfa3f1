package dev.torc.cli;

import dev.torc.machine.SafeText;
import dev.torc.report.FreedAnswer;
import dev.torc.report.VerifyAnswer;
import dev.torc.session.Exit;
import dev.torc.session.KeyRequest;
import dev.torc.session.PruneRequest;
import dev.torc.session.StoreRequest;
import dev.torc.session.VerifyRequest;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Sizes;
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
  private String size;
  private String key;
  private boolean dry;
  private final LockOptions lock = new LockOptions();

  @Override
  String description() {
    return "show earlier results that are kept, check them, take some away";
  }

  @Override
  void declare(Options options) {
    options.words("JOB", "show the results of jobs, groups, tags, files instead", 0, targets::add);
    options.optional(
        PRUNE,
        "SIZE",
        "take the least recently used results away until no more than SIZE is held",
        given -> {
          actions.add(PRUNE);
          size = given;
        });
    options.flag(CLEAR, "take all results away", () -> actions.add(CLEAR));
    options.flag(
        VERIFY,
        "read all that is held, and take out what is not what was stored",
        () -> actions.add(VERIFY));
    options.flag("-n --dry-run", "only say what would be taken away", () -> dry = true);
    lock.declare(options);
    options.value(
        KEY,
        "FILE",
        "write a new key that signs results for shared stores, and print its public word",
        given -> {
          actions.add(KEY);
          key = given;
        });
  }

  @Override
  int run(Console console) throws IOException {
    if (actions.isEmpty()) {
      if (dry) {
        throw CommonOptions.usage(
            "-n: showing changes nothing; give it with --prune, --clear or --verify");
      }
      StoreRequest request = new StoreRequest(folder(console, false), console::warn);
      print(console, targets.isEmpty() ? request.answer() : request.results(targets));
      return Exit.DONE;
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
    return switch (action) {
      case KEY -> makeKey(console);
      case VERIFY -> verify(console);
      default -> free(console, action.equals(CLEAR));
    };
  }

  private int makeKey(Console console) throws IOException {
    if (dry) {
      throw CommonOptions.usage("-n with --make-key: a key is made or not; leave one out");
    }
    print(console, new KeyRequest(console.cwd().resolve(key).normalize()).run());
    return Exit.DONE;
  }

  private int verify(Console console) throws IOException {
    VerifyAnswer answer =
        new VerifyRequest(dry, lock.terms(console))
            .run(console.caller(), folder(console, false), console::say, console::warn);
    if (answer == null) {
      return Exit.LOCKED;
    }
    print(console, answer);
    if (!common.json()) {
      console.out().flush();
      console.tell(answer.line());
    }
    return answer.isWrong() ? Exit.FAILED : answer.isOpen() ? Exit.TROUBLE : Exit.DONE;
  }

  private int free(Console console, boolean all) throws IOException {
    PruneRequest request = new PruneRequest(all, most(all), dry, lock.terms(console));
    FreedAnswer answer =
        request.run(
            console.caller(),
            folder(console, request.needsBuildFile()),
            console::say,
            console::warn);
    if (answer == null) {
      return Exit.LOCKED;
    }
    print(console, answer);
    answer.stuck().forEach(console::warn);
    if (!common.json()) {
      console.tell(answer.line());
    }
    return answer.stuck().isEmpty() ? Exit.DONE : Exit.TROUBLE;
  }

  private long most(boolean all) {
    if (all || size.isEmpty()) {
      return PruneRequest.BOUND;
    }
    try {
      return Sizes.parse(size);
    } catch (IllegalArgumentException e) {
      BadInput refused = CommonOptions.usage(PRUNE + ": " + SafeText.line(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }
}
