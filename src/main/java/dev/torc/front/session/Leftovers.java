package dev.torc.front.session;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.StampSource;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.FolderEmptying;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.here.Launch;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.features.clusters.EarlierJob;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.containers.Containers;
import dev.torc.features.stores.ProductRestore;
import dev.torc.features.tmp.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Cleans up what a killed torc left of its jobs (rule 9). The next torc that opens the cache for
 * work ends the processes that the marks name; jobs at schedulers, and jobs that may run on other
 * hosts, continue. {@link RunningJobs} says what marks mean for verdicts.
 */
public final class Leftovers {

  private Leftovers() {}

  /**
   * Ends the processes and containers, removes the temporary folders, and records this cache's
   * interrupted jobs. Returns the marks of jobs that continue elsewhere. {@code gone} names the
   * hosts and users whose jobs do not run anymore, as the caller says.
   */
  public static List<StartMark> end(
      Map<String, String> env,
      StampSource stamps,
      Cache cache,
      Set<String> gone,
      Consumer<String> warn) {
    CachePlace place = cache.place();
    List<StartMark> marks = new ArrayList<>(StartMarks.read(place));
    List<StartMark> restored = StartMarks.restored(marks, cache); // needs all marks
    List<StartMark> on = new ArrayList<>(StartMarks.submitted(marks, cache));
    marks.removeIf(StartMark::isRemote);
    List<StartMark> elsewhere = StartMarks.elsewhere(marks, cache, gone);
    marks.removeAll(elsewhere);
    on.addAll(elsewhere);
    Set<Map<String, String>> processes = new LinkedHashSet<>();
    List<StartMark> running = StartMarks.running(marks, cache);
    running.forEach(mark -> processes.add(Launch.mark(mark.build(), mark.job(), place.root())));
    Runner.endLeftovers(processes).forEach(warn);
    endContainers(place.root(), env, running, warn);
    Set<String> ended = marks.stream().map(StartMark::job).collect(Collectors.toSet());
    on.forEach(mark -> ended.remove(mark.job())); // these may be using theirs
    ended.forEach(job -> TemporaryFolder.remove(place, job, warn));
    if (!marks.isEmpty()) { // else at most a fetch left something, for the next fetch to remove
      TemporaryFolder.remove(place.tmp(), "what an earlier build was putting back", warn);
    }
    recover(stamps, cache, warn);
    StartMarks.live(marks, cache)
        .forEach(mark -> cache.put(Recorder.interrupted(cache, mark, number(cache, mark))));
    for (StartMark mark : restored) {
      DigestMemo digests = DigestMemo.readOnly(place.root(), stamps, cache::stamp);
      ProductRestore.claim(
          new RemovedOrSetAside(place, null, "", cache, digests, null, warn), mark);
    }
    cache.flush();
    return on;
  }

  /** Returns the number of the build that set a mark; the next one if its record is missing. */
  static long number(Cache cache, StartMark mark) {
    for (BuildRecord build : cache.builds(Integer.MAX_VALUE)) {
      if (build.id().id().equals(mark.build())) {
        return build.id().number();
      }
    }
    return cache.nextBuildNumber();
  }

  /** Returns the marks of this cache's jobs that were killed here, before {@link #end}. */
  static List<StartMark> killed(Cache cache, Set<String> gone) {
    return StartMarks.live(StartMarks.read(cache.place()), cache).stream()
        .filter(mark -> !mark.isRemote() && !mark.isOutOfReach(cache.place(), gone))
        .toList();
  }

  /** Moves members of folders back that a killed torc had moved away. */
  private static void recover(StampSource stamps, Cache cache, Consumer<String> warn) {
    CachePlace place = cache.place();
    if (!Files.isDirectory(place.moving(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      ProductRoots grounds = new ProductRoots(place.root(), List.of());
      DigestMemo digests = DigestMemo.readOnly(place.root(), stamps, cache::stamp);
      String build = Long.toString(cache.nextBuildNumber());
      RemovedOrSetAside removal =
          new RemovedOrSetAside(place, grounds, build, cache, digests, null, warn);
      new FolderEmptying(removal).recover();
    } catch (IOException e) {
      warn.accept("cannot look at " + Refusal.line(e));
    }
  }

  /** Returns a line for each chosen job that may still run on another host. */
  public static List<String> elsewhere(
      List<StartMark> on, CachePlace place, Predicate<String> jobs) {
    return on.stream()
        .filter(mark -> !mark.isRemote() && jobs.test(mark.job()))
        .map(m -> SafeText.name(m.job()) + " " + RunningJobs.reason(place, m, Set.of()).lack())
        .toList();
  }

  /** Ends the containers that marks name, because their processes may be invisible. */
  private static void endContainers(
      Path root, Map<String, String> env, List<StartMark> running, Consumer<String> warn) {
    Containers containers = new Containers(null, root, env);
    Set<String> asked = new HashSet<>();
    for (StartMark mark : running) {
      String runtime = mark.container().split("/")[0];
      if (!runtime.isEmpty() && asked.add(runtime + " " + mark.build())) {
        String trouble = containers.end(runtime, mark.build());
        if (!trouble.isEmpty()) {
          warn.accept(
              "cannot end the containers of %s that an earlier build left: %s"
                  .formatted(mark.job(), trouble));
        }
      }
    }
  }

  /**
   * Jobs that earlier builds submitted and that may still run, with all their marks, for a command
   * that must not run at the same time. A build collects their results; see {@link Remotes}.
   */
  public record OutJobs(Map<String, StartMark> marks, List<EarlierJob> jobs) {

    public static OutJobs of(CachePlace place, Cache cache, Predicate<EarlierJob> concerned)
        throws IOException {
      Map<String, StartMark> marks = new HashMap<>();
      StartMarks.submitted(StartMarks.read(place), cache)
          .forEach(mark -> marks.put(mark.job(), mark));
      List<EarlierJob> all = marks.isEmpty() ? List.of() : EarlierJob.all(place.remote());
      Predicate<EarlierJob> out = each -> marks.containsKey(each.job());
      return new OutJobs(marks, all.stream().filter(out.and(concerned)).toList());
    }

    public List<String> lines(String command) {
      String line =
          "job %s is still out at %s: `torc` takes its result, `torc %s --force` cancels it";
      return jobs.stream()
          .map(each -> line.formatted(SafeText.name(each.job()), each.where(), command))
          .toList();
    }

    /** Ends the jobs, waits until they have ended, and records them as interrupted. */
    public void cancel(Remotes remotes, RemovedOrSetAside removal) throws IOException {
      Cache cache = removal.cache();
      try (remotes) {
        for (EarlierJob each : jobs) {
          remotes.cancel(each.job(), removal);
          StartMark mark = marks.get(each.job());
          cache.put(Recorder.interrupted(cache, mark, number(cache, mark)));
        }
      }
      cache.flush();
    }
  }
}
