package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.run.Attempt;
import dev.torc.core.run.AttemptOutcome;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.Follower;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Warns of a source that is gone after a job which needs it, as after {@code gunzip} and {@code
 * mv}: the next build would only say that the file does not exist. Rule 6 tells of needs that have
 * other bytes.
 */
public record RemovedNeeds(BuildState state, EventSender sender) implements Follower {

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    if (!outcome.ok() || outcome.restored() != null) {
      return;
    }
    Graph graph = state.graph();
    Path root = graph.workflow().root();
    Job job = graph.job(attempt.id);
    for (String path : outcome.made().moved()) {
      if (graph.makerOf(path) < 0
          && graph.needs().has(attempt.id, graph.fileId(path))
          && !Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        String text =
            "job %s ran, and its need %s is gone; let the command keep it (cp, gunzip -k)";
        sender.warn(new Diagnostic(job.place(), text.formatted(job.name(), SafeText.name(path))));
      }
    }
  }
}
