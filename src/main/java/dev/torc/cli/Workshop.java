package dev.torc.cli;

import dev.torc.build.Build;
import dev.torc.build.Clearing;
import dev.torc.build.Event;
import dev.torc.build.Launches;
import dev.torc.build.Shop;
import dev.torc.cache.Batch;
import dev.torc.cache.BuildLock;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.cache.Marks;
import dev.torc.exec.Leftovers;
import dev.torc.exec.LocalRunner;
import dev.torc.exec.Runner;
import dev.torc.hash.Digests;
import dev.torc.hash.StampSource;
import dev.torc.machine.Makeflags;
import dev.torc.plan.Grounds;
import dev.torc.plan.Scene;
import dev.torc.plan.Selection;
import dev.torc.plan.Taken;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A project opened for work: the lock is held, what a killed torc left is dealt with, the cache is
 * open for writing. Deciding and running is for those who work in it.
 */
final class Workshop implements AutoCloseable {

  private final Project project;
  private final String build;
  private final long number;
  private final long started = System.currentTimeMillis();
  private final Cache cache;
  private final Marks marks;
  private final Digests digests;
  private final Consumer<Event> listener;
  private boolean recorded;

  private Workshop(
      Project project, String build, Cache cache, Marks marks, Consumer<Event> listener) {
    this.project = project;
    this.build = build;
    this.cache = cache;
    this.marks = marks;
    this.listener = listener;
    this.number = cache.nextBuildNumber();
    StampSource stamps = StampSource.of(project.workflow().root().getFileSystem());
    this.digests =
        new Digests(
            project.workflow().root(),
            stamps,
            project.clock(),
            cache::stamp,
            (path, known) -> cache.put(new Batch().stamp(path, known)));
  }

  /**
   * Opens a project whose lock the caller holds.
   *
   * @param build the random id of this build
   * @param listener takes lines for people
   */
  static Workshop open(Project project, String build, Consumer<Event> listener) throws IOException {
    Consumer<String> warn = line -> listener.accept(new Event.Note(Event.Level.WARNING, line));
    Cache cache = Cache.open(project.place(), warn);
    try {
      endLeftovers(project.place(), cache, warn);
      OwnFile.folder(project.place().logs());
      OwnFile.folder(project.place().jobs());
      OwnFile.prepare(project.place().clock()); // who reads it tells of nothing
      return new Workshop(project, build, cache, Marks.begin(cache.place()), listener);
    } catch (IOException | RuntimeException e) {
      cache.close();
      throw e;
    }
  }

  /**
   * Rule 9: ends what is left of the jobs of a killed torc, and records as interrupted those that
   * this cache answers for.
   */
  static void endLeftovers(CachePlace place, Cache cache, Consumer<String> warn) {
    List<Marks.Mark> marks = Marks.read(place);
    Set<Leftovers.Mark> left = new java.util.LinkedHashSet<>();
    Marks.running(marks, cache)
        .forEach(mark -> left.add(new Leftovers.Mark(mark.build(), mark.job())));
    Leftovers.end(place.root(), left, LocalRunner.GRACE).forEach(warn);
    for (Marks.Mark mark : Marks.live(marks, cache)) {
      cache.put(Build.interrupted(cache, mark, cache.nextBuildNumber()));
    }
    cache.flush();
  }

  /** What is known before anything runs. */
  Scene scene(Selection selection, boolean force) {
    return Scene.of(
        project.graph(),
        cache,
        Set.of(),
        digests,
        project.console().env(),
        project.containers(),
        selection,
        force);
  }

  /** What attempts of this build share. */
  Shop shop(Scene scene, Runner runner) throws IOException {
    Console console = project.console();
    Map<String, String> inherited = new HashMap<>();
    String makeflags = console.env().get("MAKEFLAGS");
    if (makeflags != null) {
      inherited.put("MAKEFLAGS", Makeflags.without(makeflags));
    }
    String outer = console.env().get(Nesting.VARIABLE);
    inherited.put(Nesting.VARIABLE, outer == null ? build : outer + ":" + build);
    return new Shop(
        scene.graph(),
        scene.contents(),
        new Taken(scene.graph(), scene.records(), digests),
        digests,
        clearing(),
        new Launches(scene.graph(), project.place(), build, inherited, console.env()),
        marks,
        runner,
        build);
  }

  /** Takes away products and keeps what is the user's. */
  private Clearing clearing() throws IOException {
    return new Clearing(
        project.place(),
        new Grounds(project.workflow().root(), project.workflow().roots()),
        Long.toString(number),
        cache,
        digests,
        line -> listener.accept(new Event.Note(Event.Level.WARNING, line)));
  }

  /** Writes that this build has begun into the history. */
  void begin() {
    recorded = true;
    cache.put(new Batch().build(new BuildRecord(number, build, started, -1, new TreeMap<>(), -1)));
  }

  /** Writes how the build ended; the marks of its jobs are replaced by their records now. */
  void end(Event.Finished finished) {
    if (recorded) {
      TreeMap<String, Integer> counts = new TreeMap<>();
      finished.counts().forEach((state, count) -> counts.put(state.name(), count));
      cache.put(
          new Batch()
              .build(
                  new BuildRecord(
                      number, build, started, finished.nanos(), counts, finished.exit())));
      cache.flush();
    }
    marks.clear();
  }

  Project project() {
    return project;
  }

  long number() {
    return number;
  }

  String build() {
    return build;
  }

  Cache cache() {
    return cache;
  }

  Digests digests() {
    return digests;
  }

  @Override
  public void close() {
    marks.close();
    cache.close();
  }

  /**
   * Takes the build lock, waiting if it may; null where another build has it and it may not.
   *
   * @param what the caller does, for whoever waits for it
   */
  static BuildLock lock(
      Console console,
      CachePlace place,
      String build,
      String what,
      boolean wait,
      Consumer<String> say)
      throws IOException {
    BuildLock.Holder me = new BuildLock.Holder(ProcessHandle.current().pid(), build, what);
    var lock = BuildLock.tryAcquire(place, me);
    if (lock.isPresent()) {
      return lock.get();
    }
    var holder = BuildLock.holder(place);
    Nesting.refuse(console, place, holder);
    String whom = holder.map(h -> "process " + h.pid() + ", " + h.what()).orElse("another torc");
    if (!wait) {
      say.accept("another build is at work here (" + whom + ")");
      return null;
    }
    say.accept("waiting for another build to end (" + whom + ")");
    try {
      return BuildLock.acquire(place, me);
    } catch (InterruptedException e) {
      throw new IOException("interrupted while waiting for another build", e);
    }
  }
}
