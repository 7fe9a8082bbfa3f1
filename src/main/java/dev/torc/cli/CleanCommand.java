package dev.torc.cli;

import dev.torc.ask.Cleaning;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code torc clean}: removes what torc made. */
final class CleanCommand {
  private CleanCommand() {}

  static int run(Call call) throws IOException {
    boolean all = call.has("--all");
    boolean some = !call.targets().isEmpty();
    if (call.has("--kept") && some) {
      throw Call.usage("--kept takes no TARGET: what was set aside goes as a whole");
    }
    if (all && (call.has("--stale") || some)) {
      throw Call.usage("--all takes neither --stale nor a TARGET");
    }
    Cleaning cleaning =
        new Cleaning(
            call.targets(),
            call.has("--dry-run"),
            call.has("--force"),
            call.has("--stale"),
            call.has("--kept"),
            all,
            call.lock());
    Console console = call.console;
    return call.print(
        cleaning.run(
            console.caller(),
            call.folder(cleaning.needsBuildFile()),
            new Cleaning.Told(path -> removed(call, path), console::say, console::warn)));
  }

  private static void removed(Call call, String path) {
    if (!call.json()) {
      try {
        String what = call.has("--dry-run") ? "would remove " : "removed ";
        call.console.print(what + SafeText.name(path) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
