package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.session.KeyRequest;
import dev.torc.session.StoreRequest;
import java.io.IOException;

/** {@code torc store}: what is kept of earlier results. */
final class StoreCommand extends Command {

  private String key;

  @Override
  String description() {
    return "show earlier results that are kept";
  }

  @Override
  void declare(Options options) {
    options.words("JOB", "show the results of jobs, groups, tags, files instead", 0, targets::add);
    options.value(
        "--make-key",
        "FILE",
        "write a new key that signs results for shared stores, and print its public word",
        given -> key = given);
  }

  @Override
  int run(Console console) throws IOException {
    if (key != null) {
      return makeKey(console);
    }
    StoreRequest request = new StoreRequest(folder(console, false), console::warn);
    print(console, targets.isEmpty() ? request.answer() : request.results(targets));
    return Exit.DONE;
  }

  private int makeKey(Console console) throws IOException {
    if (!targets.isEmpty()) {
      throw CommonOptions.usage("--make-key takes no JOB: a key is for all of them");
    }
    print(console, new KeyRequest(console.cwd().resolve(key).normalize()).run());
    return Exit.DONE;
  }
}
