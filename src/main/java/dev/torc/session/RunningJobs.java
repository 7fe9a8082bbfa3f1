package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.cache.StartMarks;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the marks of started jobs mean to someone who only looks (rule 9): those of the build that
 * holds the lock are running, any others were interrupted.
 *
 * @param holder who holds the build lock, if anybody does
 * @param running names of the jobs that run now
 * @param interrupted names of the jobs that a killed torc left
 */
public record RunningJobs(
    Optional<BuildLock.Holder> holder, Set<String> running, Set<String> interrupted) {

  public static RunningJobs of(CachePlace place, Cache cache) {
    Optional<BuildLock.Holder> holder = BuildLock.holder(place);
    String build = holder.map(BuildLock.Holder::build).orElse("");
    List<StartMarks.Mark> marks = StartMarks.live(StartMarks.read(place), cache);
    Set<String> running = new HashSet<>();
    Set<String> interrupted = new HashSet<>();
    marks.forEach(mark -> (mark.build().equals(build) ? running : interrupted).add(mark.job()));
    return new RunningJobs(holder, running, interrupted);
  }
}
