package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.report.StoreAnswer;
import dev.torc.report.StoreResultsAnswer;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.StoreContents;
import dev.torc.results.StoreContents.Held;
import dev.torc.workflow.SharedEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks what the local store holds. It only looks (rule 10), and works from the records where the
 * build file is refused.
 */
public final class StoreRequest {

  private final ProjectFolder folder;
  private final Consumer<String> warn;

  /**
   * About the store of a project.
   *
   * @param warn takes a line where the cache cannot be used
   */
  public StoreRequest(ProjectFolder folder, Consumer<String> warn) throws IOException {
    this.folder = folder.withoutResults();
    this.warn = warn;
  }

  /** All of it, job by job. */
  public StoreAnswer answer() throws IOException {
    try (Cache cache = Cache.look(folder.place(), warn)) {
      StoreContents contents = StoreContents.of(cache);
      Map<String, List<Held>> jobs = new LinkedHashMap<>();
      for (Held each : contents.results()) {
        jobs.computeIfAbsent(each.result().job(), _ -> new ArrayList<>()).add(each);
      }
      List<StoreAnswer.Job> told = new ArrayList<>();
      jobs.forEach(
          (job, held) ->
              told.add(
                  new StoreAnswer.Job(
                      job,
                      held.size(),
                      contents.bytes(held),
                      held.getFirst().used(),
                      held.getLast().used())));
      return new StoreAnswer(
          folder.place().store(),
          contents.bytes(),
          contents.unnamed(),
          bound(cache),
          shared(),
          told);
    }
  }

  private List<SharedEntry> shared() {
    return folder.project() == null ? List.of() : folder.project().workflow().stores().shared();
  }

  private StoreAnswer.Bound bound(Cache cache) throws IOException {
    if (folder.project() == null) {
      return null;
    }
    long said = folder.project().workflow().stores().keep();
    return new StoreAnswer.Bound(new KeptResults(cache, said, false).bound(), said >= 0);
  }

  /**
   * The results of some jobs, those used last first.
   *
   * @param wanted names of jobs and groups, at least one; throws {@link dev.torc.syntax.BadInput}
   *     where nobody knows one of them
   */
  public StoreResultsAnswer results(List<String> wanted) throws IOException {
    try (Cache cache = Cache.look(folder.place(), warn)) {
      Set<String> names = new HashSet<>();
      cache.eachResult((job, _) -> names.add(job));
      StoreContents contents = StoreContents.of(cache);
      contents.results().forEach(each -> names.add(each.result().job()));
      JobQuery asked = JobQuery.of(folder, wanted, names);
      List<StoreResultsAnswer.Result> told = new ArrayList<>();
      for (Held each : contents.results().reversed()) {
        if (asked.has(each.result().job())) {
          told.add(told(each));
        }
      }
      return new StoreResultsAnswer(String.join(", ", wanted), told);
    }
  }

  private static StoreResultsAnswer.Result told(Held held) {
    Result result = held.result();
    return new StoreResultsAnswer.Result(
        result.job(),
        result.origin(),
        result.size(),
        result.files(),
        held.used(),
        !held.lacks().isEmpty()
            ? StoreResultsAnswer.State.GONE
            : held.standing()
                ? StoreResultsAnswer.State.IN_PLACE
                : StoreResultsAnswer.State.STORED);
  }
}
