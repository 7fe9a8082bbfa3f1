package dev.torc.report;

import dev.torc.graph.Graph;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import java.util.List;

/** What several answers have of a job, as JSON: its verdict and the reasons. */
final class JobJson {

  private JobJson() {}

  /** The reasons as they are given. */
  static void reasons(JsonWriter out, List<Reason> reasons) {
    out.objects(
        "reasons",
        reasons,
        reason ->
            out.text("kind", JsonWriter.lower(reason.kind()))
                .text("name", reason.name())
                .text("old", reason.old())
                .text("now", reason.now()));
  }

  /** The fields of a verdict. */
  static void verdict(JsonWriter out, Graph graph, Verdict verdict) {
    switch (verdict) {
      case Verdict.UpToDate _ -> out.text("verdict", "up_to_date");
      case Verdict.WillRun will -> reasons(out.text("verdict", "will_run"), will.reasons());
      case Verdict.WillRestore will -> {
        reasons(out.text("verdict", "will_restore"), will.reasons());
        OriginText.json(out, will.origin());
      }
      case Verdict.WillFail will -> reasons(out.text("verdict", "will_fail"), will.reasons());
      case Verdict.MayRun may ->
          out.text("verdict", "may_run").text("after", graph.name(may.after()));
    }
  }
}
