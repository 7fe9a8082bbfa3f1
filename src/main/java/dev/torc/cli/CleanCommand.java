package dev.torc.cli;

import dev.torc.ask.Cleaning;
import dev.torc.text.SafeText;
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
    Cleaning cleaning = new Cleaning(targets, dry, force, stale, kept, all, lock.terms(console));
    return print(
        console,
        cleaning.run(
            console.caller(),
            folder(console, cleaning.needsBuildFile()),
            new Cleaning.Told(path -> removed(console, path), console::say, console::warn)));
  }

  private void removed(Console console, String path) {
    if (!common.json()) {
      try {
        console.print((dry ? "would remove " : "removed ") + SafeText.name(path) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
