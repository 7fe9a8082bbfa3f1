package dev.torc.cli;

import dev.torc.report.CleanAnswer;
import dev.torc.session.CleanRequest;
import dev.torc.session.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code torc clean}: removes what torc made. */
final class CleanCommand extends Command {

  private boolean dry;
  private boolean force;
  private boolean stale;
  private boolean kept;
  private boolean all;
  private final LockOptions lock = new LockOptions();

  @Override
  String description() {
    return "remove products that torc made";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job or tag, for all its products, or a produced file; all without one",
        0,
        targets::add);
    options.flag("-n --dry-run", "only say what would be removed", () -> dry = true);
    options.flag(
        "--force", "also remove products that were altered or adopted", () -> force = true);
    options.flag(
        "--stale",
        "only products that no job declares any more and none needs",
        () -> stale = true);
    options.flag("--kept", "what builds set aside in .torc/kept", () -> kept = true);
    lock.declare(options);
    options.flag("--all", "all products and .torc too, but for .torc/kept", () -> all = true);
  }

  @Override
  int run(Console console) throws IOException {
    if (kept && !targets.isEmpty()) {
      throw CommonOptions.usage("--kept takes no TARGET: what was set aside goes as a whole");
    }
    if (all && (stale || !targets.isEmpty())) {
      throw CommonOptions.usage("--all takes neither --stale nor a TARGET");
    }
    CleanRequest request =
        new CleanRequest(targets, dry, force, stale, kept, all, lock.terms(console));
    CleanAnswer answer =
        request.run(
            console.caller(),
            folder(console, request.needsBuildFile()),
            new CleanRequest.Told(path -> removed(console, path), console::say, console::warn));
    if (answer == null) {
      return Exit.LOCKED;
    }
    print(console, answer);
    if (answer.out()) {
      return Exit.FAILED;
    }
    if (!common.json() && answer.removed().isEmpty() && answer.kept().isEmpty()) {
      console.tell("nothing to remove");
    }
    return answer.well() ? Exit.DONE : Exit.TROUBLE;
  }

  private void removed(Console console, String path) {
    if (!common.json()) {
      try {
        console.print(CleanAnswer.removed(dry, path));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
