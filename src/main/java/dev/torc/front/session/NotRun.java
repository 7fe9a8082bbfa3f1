package dev.torc.front.session;

import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.decide.Verdict.Rest;
import dev.torc.core.model.Graph;
import dev.torc.features.intents.Only;
import java.util.Arrays;
import java.util.List;

/** Names the jobs that {@code --only} keeps from running. */
public final class NotRun {

  private static final int NAMED = 8;

  private NotRun() {}

  /** Returns the message; null if there are none. */
  public static String line(Plan plan) {
    Graph graph = plan.context().graph();
    List<String> names =
        Arrays.stream(graph.inOrder(plan.selected(NotRun::isIt))).mapToObj(graph::name).toList();
    return names.isEmpty() ? null : "skipped by --only, would run: " + SafeText.names(names, NAMED);
  }

  private static boolean isIt(Verdict verdict) {
    return verdict instanceof Verdict.UpToDate at && at.rest() == Rest.EXCLUDED
        || verdict instanceof Verdict.Skips skips && skips.why().equals(Only.OPTION);
  }
}
