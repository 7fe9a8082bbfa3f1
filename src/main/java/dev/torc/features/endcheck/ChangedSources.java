package dev.torc.features.endcheck;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.features.endcheck.SourceChanges.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Says which sources of jobs that are done changed during the build, and which job may make them
 * (rule 16). {@link SourceChanges} finds them; nothing is recorded.
 */
final class ChangedSources {

  private final Suspects suspects;
  private final Set<String> told = new HashSet<>();

  ChangedSources(Suspects suspects) {
    this.suspects = suspects;
  }

  /** Returns a warning for each source that changed since the last call. */
  List<String> warnings(PlanContext context, int[] jobs) {
    List<String> warnings = new ArrayList<>(0);
    try {
      for (Change change : SourceChanges.of(context, jobs)) {
        if (told.add(change.path())) {
          warnings.add(warning(context, change));
        }
      }
    } catch (IOException e) {
      return List.of("cannot look at the sources again: " + Refusal.line(e));
    } catch (StoppedException e) {
      return List.of(); // a signal came
    }
    return warnings;
  }

  private String warning(PlanContext context, Change change) {
    String path = SafeText.name(change.path());
    int more = change.readers().size() - 1;
    String readers = SafeText.name(context.graph().name(change.readers().getFirst()));
    readers += more == 0 ? "" : " and " + more + " more";
    String need = more == 0 ? "needs" : "need";
    if (change.kind() == Kind.NEED_REMOVED && !change.unread()) {
      return "%s was deleted during the build, and %s %s it".formatted(path, readers, need);
    }
    String what =
        change.unread()
            ? "may have changed"
            : change.kind() == Kind.NEED_ADDED ? "was added" : "changed";
    String job = suspects.only(change.path());
    if (job == null) {
      String run = change.unread() ? "may run" : more == 0 ? "runs" : "run";
      return "%s %s during the build: %s %s again next time".formatted(path, what, readers, run);
    }
    String next = "if you edited it, the next build runs " + readers;
    return "%s, which %s %s, %s while %s ran; %6$s; if %5$s makes it, add it to its produces"
        .formatted(path, readers, need, what, SafeText.name(job), next);
  }
}
