package dev.torc.session;

import dev.torc.container.Containers;
import dev.torc.engine.ProductRemoval;
import dev.torc.engine.ProductRestore;
import dev.torc.engine.Recorder;
import dev.torc.engine.TemporaryFolder;
import dev.torc.hash.DigestMemo;
import dev.torc.local.Launch;
import dev.torc.local.LeftoverProcesses;
import dev.torc.local.Runner;
import dev.torc.posix.FileTree;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.session.BuildRequest.LockTerms;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a killed torc left of its jobs (rule 9), ended by the next one that opens the cache for
 * work: as its marks tell, but for what is handed out, and what may run on other hosts. {@link
 * RunningJobs} says what marks mean for verdicts.
 */
public final class Leftovers {

  private Leftovers() {}

  /**
   * Ends the processes and containers, takes the temporary folders away, and records as interrupted
   * the jobs that this cache answers for.
   *
   * @param gone as {@link LockTerms#gone}
   * @return the marks of running work
   */
  public static List<StartMarks.Mark> end(
      Caller caller, CachePlace place, Cache cache, Set<String> gone, Consumer<String> warn) {
    List<StartMarks.Mark> marks = new ArrayList<>(StartMarks.read(place));
    List<StartMarks.Mark> on = new ArrayList<>(StartMarks.out(marks, cache));
    marks.removeIf(StartMarks.Mark::isRemote);
    List<StartMarks.Mark> elsewhere = StartMarks.elsewhere(marks, cache, gone);
    marks.removeAll(elsewhere);
    on.addAll(elsewhere);
    Set<Map<String, String>> left = new LinkedHashSet<>();
    StartMarks.running(marks, cache)
        .forEach(mark -> left.add(Launch.mark(mark.build(), mark.job(), place.root())));
    LeftoverProcesses.end(left, Runner.GRACE).forEach(warn);
    endContainers(place.root(), caller.env(), StartMarks.running(marks, cache), warn);
    for (StartMarks.Mark mark : marks) {
      remove(TemporaryFolder.of(place, mark), "the folder {tmp} of " + mark.job(), warn);
    }
    if (!marks.isEmpty()) { // else nothing was on its way, but for what the next fetch takes away
      remove(place.tmp(), "what an earlier build was putting back", warn);
    }
    for (StartMarks.Mark mark : StartMarks.live(marks, cache)) {
      cache.put(Recorder.interrupted(cache, mark, cache.nextBuildNumber()));
    }
    for (StartMarks.Mark mark : StartMarks.restored(marks, cache)) {
      DigestMemo digests = DigestMemo.looking(place.root(), caller.stamps(place), cache::stamp);
      ProductRestore.claim(
          cache, new ProductRemoval(place, null, "", cache, digests, null, warn), mark);
    }
    cache.flush();
    return on;
  }

  private static void remove(Path folder, String what, Consumer<String> warn) {
    try {
      FileTree.remove(folder);
    } catch (IOException e) {
      warn.accept("cannot remove " + what + ": " + Refusal.line(e));
    }
  }

  /** The containers that marks name are ended too, where their processes cannot be seen. */
  private static void endContainers(
      Path root, Map<String, String> env, List<StartMarks.Mark> running, Consumer<String> warn) {
    Containers containers = new Containers(null, root, env);
    Set<String> asked = new HashSet<>();
    for (StartMarks.Mark mark : running) {
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
}
