package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides about the jobs that make environments: one runs only if its environment is not complete,
 * and if a job that runs wants it or it is named as a target. Records do not count: a complete
 * folder is used whatever made it, and a failed or killed run leaves none.
 */
public final class MadeOnDemand implements Condition {

  private final Set<Path> complete = new HashSet<>(); // in this build
  private final Map<Path, Optional<FileTime>> earlier = new HashMap<>(); // of an earlier build

  @Override
  public String lacks(Subject asked) {
    Digest digest = Manifest.environment(asked.job(), asked.contents());
    if (digest == null) {
      return null; // its lock is not made yet
    }
    Path root = asked.graph().workflow().root();
    MadeEnvironment made = MadeEnvironment.of(root, asked.job(), digest);
    if (complete.contains(made.folder())) {
      return null;
    }
    boolean old =
        MadeEnvironment.isOfModules(asked.job().surroundings())
            && made.completed()
                .equals(earlier.computeIfAbsent(made.folder(), _ -> made.completed()));
    boolean there = !old && made.recipe() != null;
    if (there) {
      complete.add(made.folder());
    }
    Path shown = made.shared() ? made.folder() : root.relativize(made.folder());
    return there ? null : shown.toString();
  }

  @Override
  public Verdict verdict(Subject asked, Verdict known) {
    int pending = asked.decider().pending(asked.id());
    if (pending >= 0) {
      return new Verdict.MayRun(pending);
    }
    String lack = lacks(asked);
    String reader = lack == null ? null : asked.wish().wanted().get(lack);
    boolean forced = asked.wish().forces() && asked.wish().named(); // and not by all jobs
    if (!forced && (lack == null || reader == null && !asked.wish().named())) {
      if (asked.last() == null || lack == null && !asked.last().outcome().isGood()) {
        settle(asked);
      }
      return new Verdict.UpToDate(Verdict.Rest.CURRENT, List.of());
    } else if (known instanceof Verdict.WillFail || known instanceof Verdict.WillRun) {
      return known;
    }
    RunDetails last = asked.records().details(asked.job().name());
    List<Reason> why =
        last == null
            ? List.of(Reason.NEVER_RAN)
            : asked.decider().difference(asked.id(), List.of(), last.manifest());
    Kind missing = reader == null ? Kind.PRODUCT_MISSING : Kind.PRODUCT_WANTED;
    String by = reader == null ? "" : reader;
    return new Verdict.WillRun(why.isEmpty() ? List.of(new Reason(missing, lack, "", by)) : why);
  }

  /** Takes the state for a good result, for this build: the next one need not decide it again. */
  private static void settle(Subject asked) {
    Digest manifest = asked.decider().present(asked.id(), List.of()).digest();
    RunNeeds none = new RunNeeds(List.of());
    JobResult good = new JobResult(Outcome.OK, "", manifest, List.of(), none, 0, true);
    asked.records().assume(asked.id(), good);
  }
}
