package dev.torc.features.toolstate;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds jobs whose tool keeps state between runs. Such a tool makes only outdated files again, but
 * torc clears the places of all products, so files are missing after a run. It decides nothing
 * about products; the warnings name the two remedies.
 */
public record ToolState(AttemptContext common, int id, JobAttempts attempts)
    implements AttemptPart {

  private static final String WAYS_OUT =
      "; if its tool keeps state between runs, set persist: true or declare its state file as a"
          + " product";

  /** Reasons for which a run may well make different files than the last run. */
  private static final Set<Kind> OTHERWISE =
      EnumSet.of(
          Kind.NEED_REMOVED,
          Kind.SETTING_CHANGED,
          Kind.PRODUCTS_DECLARED,
          Kind.DATA_CHANGED,
          Kind.KEY_CHANGED);

  @Override
  public void look(ProductScan products) {
    String lost = lost(common.graph().job(id), attempts.reasons(), products);
    if (lost != null) {
      common.removal().note().accept(lost);
    }
  }

  @Override
  public String hint(String missing) {
    JobResult last = missing == null ? null : common.plan().records().result(id);
    return last != null && last.products().stream().anyMatch(made -> made.path().equals(missing))
        ? WAYS_OUT
        : "";
  }

  /**
   * Returns a warning about files that the last good run made and this one did not, although only
   * contents of needs changed; else null. Many tools put a hash into file names, so it returns null
   * if this run made as many files as the last one.
   */
  private String lost(Job job, List<Reason> why, ProductScan now) {
    JobRecords records = common.plan().records();
    JobResult last = records.result(id);
    if (job.has(Trait.PERSIST)
        || last == null
        || !last.outcome().isGood()
        || why.stream().anyMatch(reason -> OTHERWISE.contains(reason.kind()))) {
      return null;
    }
    Set<String> lost = new TreeSet<>();
    for (RecordedProduct made : last.products()) {
      if (job.mayLack(made.path())) {
        continue;
      }
      List<ManifestEntry> members =
          made.kind() == FileKind.FOLDER ? records.list(made.digest()) : List.of();
      lost.add(made.path());
      if (members != null) {
        members.forEach(member -> lost.add(FolderDigest.join(made.path(), member.name())));
      }
    }
    Set<String> made = made(now);
    int before = lost.size();
    lost.removeAll(made);
    if (lost.isEmpty() || made.size() >= before) {
      return null;
    }
    return "job %s made %s fewer than in its last run, such as %s, though no need was removed%s"
        .formatted(
            SafeText.name(job.name()),
            Amount.count(before - made.size(), "file"),
            SafeText.name(lost.iterator().next()),
            WAYS_OUT);
  }

  private static Set<String> made(ProductScan now) {
    Set<String> made = new HashSet<>();
    int folder = 0;
    for (RecordedProduct each : now.made()) {
      made.add(each.path());
      if (each.kind() == FileKind.FOLDER) {
        FolderDigest members = now.folders().get(folder++);
        members.members().forEach(m -> made.add(FolderDigest.join(each.path(), m.path())));
      }
    }
    return made;
  }
}
