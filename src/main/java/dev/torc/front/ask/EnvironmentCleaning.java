package dev.torc.front.ask;

import dev.torc.base.posix.FolderHandle.MountedException;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.memory.Cache;
import dev.torc.features.clean.Cleaner;
import dev.torc.features.environments.MadeEnvironment;
import dev.torc.features.environments.UnnamedEnvironments;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import java.io.IOException;

/**
 * {@code torc clean --environments}: removes the folders of environments that no job of this root
 * names. Other roots may name those in a shared folder, so there only their age tells.
 */
record EnvironmentCleaning(Call call, boolean dry, Cleaner.Listener listener) {

  /** Returns false if one could not be removed. */
  boolean run(Project project, Cache cache) throws IOException {
    long unused = unused();
    boolean well = true;
    int left = 0;
    for (MadeEnvironment each :
        UnnamedEnvironments.of(ReadSession.context(project, cache, call::warn))) {
      String shown = MovesAside.shown(project.place(), each.folder());
      try {
        if (each.shared() && (unused < 0 || each.unused() < unused)) {
          left++;
        } else if (dry || each.remove(call.caller().host().here())) {
          listener.removed(shown);
        } else {
          listener.stays(shown, "a running build uses it");
        }
      } catch (MountedException e) {
        listener.mounted(shown, Refusal.line(e));
      } catch (IOException e) {
        listener.stays(shown, Refusal.line(e));
        well = false;
      }
    }
    if (left > 0 && unused < 0) {
      call.warn(
          "left %s that other roots may use; --unused 30d removes what no build used for 30 days"
              .formatted(Amount.count(left, "shared environment")));
    }
    return well;
  }

  private long unused() {
    String time = call.value("--unused");
    try {
      return time == null ? -1 : Quantity.duration(time);
    } catch (IllegalArgumentException bad) {
      throw Call.usage("--unused " + SafeText.name(time) + ": " + bad.getMessage());
    }
  }
}
