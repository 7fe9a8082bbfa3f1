package dev.torc.front.session;

import dev.torc.base.posix.OtherProcess;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.features.clusters.EarlierJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What the marks of started jobs mean to a command that changes nothing (rule 9). {@code running}
 * has the jobs of the build that holds the lock, in the order of their starts. Jobs of other builds
 * were interrupted or are out at a scheduler, as jobs of this build may be; {@code reasons} says
 * why all these have to run. It ends nothing: {@link Leftovers} does.
 */
public record RunningJobs(
    Optional<BuildLock.Holder> holder,
    SequencedMap<String, StartMark> running,
    Map<String, Reason> reasons) {

  /** Reads the marks; {@code gone} names hosts and users whose jobs do not run anymore. */
  public static RunningJobs of(CachePlace place, Cache cache, Set<String> gone) throws IOException {
    Optional<BuildLock.Holder> holder = BuildLock.holder(place);
    String build = holder.map(BuildLock.Holder::build).orElse("");
    List<StartMark> others = new ArrayList<>(StartMarks.live(StartMarks.read(place), cache));
    SequencedMap<String, StartMark> running = new LinkedHashMap<>();
    others.stream().filter(m -> m.build().equals(build)).forEach(m -> running.put(m.job(), m));
    others.removeIf(mark -> mark.build().equals(build) && !mark.isRemote());
    if (!running.isEmpty() && holder.get().host().isEmpty()) {
      removeEnded(holder.get().pid(), running);
    }
    return new RunningJobs(holder, running, reasons(place, others, gone));
  }

  /**
   * Removes the jobs that have ended, although their records may not be committed yet. A job has
   * ended if no child of the build has its name. Removes none while a child shows no name, since it
   * may be any job.
   */
  private static void removeEnded(long build, Map<String, StartMark> running) {
    Map<String, Long> children = new HashMap<>();
    for (ProcessHandle each :
        ProcessHandle.of(build).map(ProcessHandle::children).orElse(Stream.empty()).toList()) {
      OtherProcess child = new OtherProcess((int) each.pid());
      String job = child.variable("TORC_JOB");
      if (job == null && !child.isProgramOf(new OtherProcess((int) build))) {
        return;
      }
      children.put(job, each.pid()); // without a name, it is only being started
    }
    children.values().removeIf(pid -> !OtherProcess.runs(pid)); // the others ran at the same time
    running.values().removeIf(mark -> !mark.isRemote() && !children.containsKey(mark.job()));
  }

  /** Returns the running jobs without those at schedulers, which are shown as submitted. */
  public SequencedMap<String, StartMark> here() {
    SequencedMap<String, StartMark> here = new LinkedHashMap<>(running);
    here.values().removeIf(StartMark::isRemote);
    return here;
  }

  /** Returns whether the lock is held by a build rather than by another command. */
  public boolean isBuild() {
    return holder.isPresent() && holder.get().what().equals(BuildLock.BUILD);
  }

  /** Returns why the jobs of some marks have to run. */
  public static Map<String, Reason> reasons(
      CachePlace place, List<StartMark> marks, Set<String> gone) throws IOException {
    Map<String, Reason> reasons = new ConcurrentHashMap<>();
    for (StartMark mark : marks) {
      reasons.put(mark.job(), reason(place, mark, gone));
    }
    if (marks.stream().anyMatch(StartMark::isRemote)) {
      for (EarlierJob out : EarlierJob.all(place.remote())) {
        reasons.computeIfPresent(
            out.job(), (_, _) -> submitted(out.where(), out.place().key().cause()));
      }
    }
    return reasons;
  }

  static Reason reason(CachePlace place, StartMark mark, Set<String> gone) {
    if (mark.isRemote()) {
      return submitted(mark.executor(), "");
    }
    if (!mark.isOutOfReach(place, gone)) {
      return new Reason(Reason.Kind.INTERRUPTED, "", mark.manifest(), "");
    }
    var origin = mark.origin();
    String pid = Long.toString(origin.pid());
    return origin.isOfAnotherHost(place)
        ? new Reason(Reason.Kind.ELSEWHERE, origin.host(), Reason.HOST, pid)
        : new Reason(Reason.Kind.ELSEWHERE, origin.user(), Reason.USER, pid);
  }

  private static Reason submitted(String where, String cause) {
    return new Reason(Reason.Kind.SUBMITTED, "", cause, where);
  }
}
