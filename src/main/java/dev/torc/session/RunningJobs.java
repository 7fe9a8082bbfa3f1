package dev.torc.session;

import dev.torc.cluster.EarlierJob;
import dev.torc.plan.Reason;
import dev.torc.records.BuildLock;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.records.StartMarks.StartOrigin;
import dev.torc.session.BuildRequest.LockTerms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the marks of started jobs mean to a command that only looks (rule 9): those of the build
 * that holds the lock are running, any others were interrupted, or are out at a scheduler. It ends
 * nothing: {@link Leftovers} does.
 *
 * @param holder of the build lock, if there is one
 * @param running names of the jobs that run now
 * @param left why jobs run that an earlier torc left running or handed out, by their names
 */
public record RunningJobs(
    Optional<BuildLock.Holder> holder, Set<String> running, Map<String, Reason> left) {

  /**
   * Looks at the marks.
   *
   * @throws IOException where what was handed out cannot be looked at
   */
  public static RunningJobs of(CachePlace place, Cache cache) throws IOException {
    return of(place, cache, Set.of());
  }

  /**
   * The same with hosts and users of which nothing runs any more.
   *
   * @param gone as {@link LockTerms#gone}
   */
  static RunningJobs of(CachePlace place, Cache cache, Set<String> gone) throws IOException {
    Optional<BuildLock.Holder> holder = BuildLock.holder(place);
    String build = holder.map(BuildLock.Holder::build).orElse("");
    List<StartMarks.Mark> others = new ArrayList<>(StartMarks.live(StartMarks.read(place), cache));
    Set<String> running = new HashSet<>();
    others.stream().filter(m -> m.build().equals(build)).forEach(m -> running.add(m.job()));
    others.removeIf(mark -> mark.build().equals(build));
    return new RunningJobs(holder, running, left(place, others, gone));
  }

  /** Whether a build is at work, and not another command that holds the lock. */
  public boolean isBuild() {
    return holder.isPresent() && holder.get().what().equals(BuildSession.NAME);
  }

  /** Why the jobs of some marks run. */
  static Map<String, Reason> left(CachePlace place, List<StartMarks.Mark> marks, Set<String> gone)
      throws IOException {
    Map<String, Reason> left = new ConcurrentHashMap<>();
    for (StartMarks.Mark mark : marks) {
      left.put(mark.job(), left(place, mark, gone));
    }
    if (marks.stream().anyMatch(StartMarks.Mark::isRemote)) {
      for (EarlierJob out : EarlierJob.all(place.remote())) {
        left.computeIfPresent(
            out.job(), (_, _) -> submitted(out.where(), out.place().key().cause()));
      }
    }
    return left;
  }

  /** Why the job of a mark runs, or cannot. */
  static Reason left(CachePlace place, StartMarks.Mark mark, Set<String> gone) {
    if (mark.isRemote()) {
      return submitted(mark.executor(), "");
    }
    if (!mark.isOutOfReach(place, gone)) {
      return Reason.of(Reason.Kind.INTERRUPTED);
    }
    StartOrigin origin = mark.origin();
    String pid = Long.toString(origin.pid());
    return origin.isOfAnotherHost(place)
        ? new Reason(Reason.Kind.ELSEWHERE, origin.host(), Reason.HOST, pid)
        : new Reason(Reason.Kind.ELSEWHERE, origin.user(), Reason.USER, pid);
  }

  private static Reason submitted(String where, String cause) {
    return new Reason(Reason.Kind.SUBMITTED, "", cause, where);
  }
}
