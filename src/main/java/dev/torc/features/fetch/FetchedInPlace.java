package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file in the place of a product with the very {@code sha256} of the build file needs no
 * download, also if the user put it there. Nothing is recorded, so that the file stays the user's.
 */
public record FetchedInPlace(DigestMemo digests) implements Condition {

  @Override
  public String refusal(Job job, List<RecordedProduct> made) throws IOException {
    for (Fetch.FetchedFile file : Fetch.of(job).files()) {
      Digest is = file.isFixed() ? digests.product(file.path()).digest() : null;
      if (is != null && !is.hex().equals(file.sha256())) {
        return "sha256 of %s is %s, not %s"
            .formatted(SafeText.name(file.path()), is.hex(), file.sha256());
      }
    }
    return null;
  }

  @Override
  public Verdict verdict(Subject asked, Verdict known) {
    Job job = asked.job();
    Fetch fetch = Fetch.of(job);
    if (fetch == null
        || !fetch.isFixed()
        || asked.wish().forces()
        || !(known instanceof Verdict.WillRun || known instanceof Verdict.WillRestore)) {
      return known;
    }
    try {
      Workflow workflow = asked.graph().workflow();
      ProductRoots grounds = new ProductRoots(workflow.root(), workflow.settings().roots());
      List<RecordedProduct> there = ProductScan.of(grounds, digests, job, false).made();
      Set<String> right =
          there.stream().map(made -> made.digest().hex() + made.path()).collect(Collectors.toSet());
      if (!fetch.files().stream().allMatch(file -> right.contains(file.sha256() + file.path()))) {
        return known;
      }
      JobResult result =
          new JobResult(Outcome.OK, "", Decider.UNKNOWN, there, new RunNeeds(List.of()), 0, true);
      asked.records().assume(asked.id(), result);
      return new Verdict.UpToDate(Verdict.Rest.CURRENT, List.of());
    } catch (IOException e) {
      return known; // the attempt reports it
    }
  }
}
