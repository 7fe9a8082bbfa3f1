package dev.torc.features.intents;

import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.decide.Verdict.Rest;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.Ref;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * {@code --only}: only targets run, whatever changed. A target uses what other jobs made in their
 * last good runs, and fails if something that it needs is not as such a run left it. A need with
 * {@code failed: skip} takes the instances that are, and does without the others.
 */
public final class Only implements Condition {

  /** Why a job is skipped. */
  public static final String OPTION = "--only";

  private static final String SOME = "what it needs";

  /** The paths whose bytes are not those of the last good run, by job; null if it has none. */
  private final Map<String, Set<String>> lost = new HashMap<>();

  /** The jobs that a need with {@code failed: skip} does without. */
  private final Set<String> without = new HashSet<>();

  @Override
  public Verdict verdict(Subject asked, Verdict known) {
    String name = asked.job().name();
    if (known.isIdle() && !asked.wish().named()) {
      return known;
    } else if (asked.wish().named()) {
      String lack =
          known instanceof Verdict.Skips skips && without.contains(skips.by())
              ? lack(SOME, skips.by())
              : known.isIdle() ? listed(asked, true) : lack(asked);
      return lack == null
          ? known
          : new Verdict.WillFail(List.of(new Reason(Kind.NOT_MADE, "", "", lack)));
    }
    if (!lost.containsKey(name)) {
      lost.put(name, lost(asked.last(), known));
    }
    Set<String> paths = lost(asked, asked.id());
    if ((paths == null || !paths.isEmpty()) && isSome(asked)) {
      without.add(name);
      return new Verdict.Skips("", OPTION);
    }
    JobResult last = asked.last();
    if (last == null || !last.outcome().isGood()) {
      RunNeeds none = new RunNeeds(List.of());
      last = new JobResult(Outcome.OK, "", Decider.UNKNOWN, List.of(), none, 0, true);
    }
    asked.records().assume(asked.id(), last);
    return new Verdict.UpToDate(Rest.EXCLUDED, known.reasons());
  }

  /** Returns whether a job that needs this one and others does with some of them. */
  private static boolean isSome(Subject asked) {
    return IntStream.of(asked.graph().after().row(asked.id())).anyMatch(asked.graph()::isLenient);
  }

  private static Set<String> lost(JobResult last, Verdict known) {
    if (last == null || !last.outcome().isGood()) {
      return null;
    }
    Set<String> paths = new TreeSet<>();
    for (Reason reason : known.reasons()) {
      switch (reason.kind()) {
        case INTERRUPTED, SUBMITTED, ELSEWHERE -> {
          return null; // its process may have written since
        }
        case PRODUCT_MISSING,
            PRODUCT_ALTERED,
            PRODUCT_WANTED,
            MEMBER_ADDED,
            MEMBER_CHANGED,
            MEMBER_DELETED ->
            paths.add(reason.name());
        default -> {}
      }
    }
    return paths;
  }

  /** Returns which need is not there, or not as a good run left it; null if all are. */
  private String lack(Subject asked) {
    Graph graph = asked.graph();
    for (int file : graph.needs().row(asked.id())) {
      int maker = graph.maker(file);
      String path = graph.path(file);
      if (maker >= 0 && isLost(asked, maker, path)) {
        return lack(path, graph.name(maker));
      }
    }
    String listed = listed(asked, false);
    if (listed != null) {
      return listed;
    }
    for (Ref ref : asked.job().needRefs()) {
      int[] makers = ref instanceof Ref.OfData value ? graph.makers(value) : null;
      for (int maker : makers == null ? new int[0] : makers) {
        boolean skips = ((Ref.OfData) ref).skips() && asked.records().isSkipped(maker);
        if (lost(asked, maker) == null && !skips) {
          return lack(ref.text(), graph.name(maker));
        }
      }
    }
    return null;
  }

  /**
   * Returns which file of a needed list is not as a good run left it; null if all are. If the
   * target is {@code idle}, only edited and deleted files count: a list counts as it is recorded.
   */
  private String listed(Subject asked, boolean idle) {
    Graph graph = asked.graph();
    for (int id : graph.listNeeds().row(asked.id())) {
      NeedList list = graph.list(id);
      for (int maker : list.makers()) {
        Set<String> paths = idle ? lost.get(graph.name(maker)) : lost(asked, maker);
        if (list.kind() == ListKind.SOME && asked.records().isSkipped(maker)) {
          continue;
        } else if (paths == null && !idle) {
          return lack(SOME, graph.name(maker));
        } else if (paths != null
            && paths.stream().anyMatch(path -> list.ofJobs() || list.covers(path))) {
          return lack(paths.iterator().next(), graph.name(maker));
        }
      }
    }
    return null;
  }

  private static String lack(String need, String maker) {
    return "%s is not as a good run of %s left it; run without --only"
        .formatted(SafeText.name(need), SafeText.name(maker));
  }

  /** Returns the lost paths of a job, with the products of a temporary one that are gone. */
  private Set<String> lost(Subject asked, int maker) {
    Graph graph = asked.graph();
    Set<String> paths = lost.getOrDefault(graph.name(maker), Set.of());
    if (paths == null || !graph.isJob(maker) || !graph.isTemporary(maker)) {
      return paths;
    }
    Set<String> all = new TreeSet<>(paths);
    asked.contents().gone().of(maker).forEach(made -> all.add(made.path()));
    return all;
  }

  private boolean isLost(Subject asked, int maker, String path) {
    Set<String> paths = lost(asked, maker);
    JobResult last = asked.records().result(maker);
    return paths == null
        || paths.stream()
            .anyMatch(
                each ->
                    each.equals(path) || each.startsWith(path + "/") || path.startsWith(each + "/"))
        || lost.containsKey(asked.graph().name(maker)) && last != null && !isMade(last, path);
  }

  private static boolean isMade(JobResult last, String path) {
    return last.products().stream()
        .anyMatch(made -> made.path().equals(path) || path.startsWith(made.path() + "/"));
  }
}
