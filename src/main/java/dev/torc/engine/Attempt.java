package dev.torc.engine;

import dev.torc.cache.CacheException;
import dev.torc.cache.Datum;
import dev.torc.cache.Marks;
import dev.torc.cache.Owned;
import dev.torc.exec.Ended;
import dev.torc.exec.Launch;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.hash.Stamp;
import dev.torc.hash.Stopped;
import dev.torc.machine.Refusal;
import dev.torc.plan.Grounds;
import dev.torc.plan.Snapshot;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * One attempt at a job, from clearing the places of its products to looking at what it left. Runs
 * on a thread of its own and may wait; it changes no state of the build and puts nothing into the
 * cache: the loop does, with the {@link Outcome} that it returns.
 */
final class Attempt {

  /** Nanoseconds for which files may be read after a signal, and after the jobs that it ended. */
  static final long LOOK = 50_000_000;

  private final Shop shop;
  private final int id;
  private final Job job;
  private final int number;
  private final Launches.Granted granted;
  private final long timeLimit;
  private final Runnable gone;
  private final long started = System.currentTimeMillis();
  private Ended ended = notStarted();
  private Runner.Running running;
  private final List<Boolean> ends = new ArrayList<>(); // asked for so far, at once or not
  private boolean cleared;
  private boolean let; // said that its processes are gone
  private Posts posts = Posts.NONE;
  private String command = "";

  /**
   * An attempt that has not begun.
   *
   * @param gone told, on the thread of the attempt, when its processes ended well and only a look
   *     at their products is left, which may take longer than to begin another
   */
  Attempt(Shop shop, int id, int number, Launches.Granted granted, long timeLimit, Runnable gone) {
    this.shop = shop;
    this.id = id;
    this.job = shop.graph().job(id);
    this.number = number;
    this.granted = granted;
    this.timeLimit = timeLimit;
    this.gone = gone;
  }

  /** Ends the attempt from another thread, before or after its processes started. */
  synchronized void end(boolean now) {
    ends.add(now);
    if (running != null) {
      running.end(now);
    }
  }

  /**
   * Runs to the end.
   *
   * @throws CacheException only where the mark cannot be written
   * @throws Stopped where a signal came while files were read
   */
  Outcome run() {
    return attempt().of(command, posts.texts());
  }

  /**
   * What it came to where reading was stopped: its products are not known, well though it ended.
   */
  Outcome interrupted() {
    Ended how = new Ended(Ended.How.INTERRUPTED, 0, ended.wall(), ended.cpu(), ended.peak(), "");
    return new Outcome(how, Phrase.of(how, 0, 0), null, started).of(command, posts.texts());
  }

  private Outcome attempt() {
    Snapshot snapshot = null;
    try {
      snapshot = Snapshot.take(shop.graph(), shop.contents(), shop.digests(), id);
      String missing = snapshot.missing();
      if (missing != null) {
        return new Outcome(ended, missingNeed(shop.graph(), missing), snapshot, started);
      }
      if (snapshot.missingData() != null) {
        return new Outcome(ended, missingData(snapshot.missingData()), snapshot, started);
      }
      clear(snapshot);
      LinesFile events = shop.launches().events(job.name());
      events.clear(shop.digests()); // before the mark: who follows takes its lines for ours
      shop.launches().output(job.name()).clear(shop.digests());
      shop.marks().add(new Marks.Mark(shop.build().id(), job.name(), number));
      Launch launch = shop.launches().of(id, snapshot, granted, number, timeLimit, number > 1);
      command = Launches.shown(launch, job);
      Stamp begin =
          job.depfile() == null
              ? null
              : shop.digests().stamp(shop.launches().needsFile(job.name(), "").toString());
      ended = launch(launch);
      if (ended.how() == Ended.How.INTERRUPTED) {
        shop.digests().stop().extend(LOOK); // for what it left
      }
      snapshot.ended();
      if (ended.ok() && !snapshot.isSmall()) {
        letGo();
      }
      posts = Posts.read(events, shop.digests());
      if (!posts.texts().isEmpty()) {
        events.clear(shop.digests());
      }
      return ended.ok()
          ? succeeded(snapshot, begin)
          : left(
              new Outcome(
                  ended, Phrase.of(ended, timeLimit, granted.memoryLimit()), snapshot, started));
    } catch (Failure e) {
      return left(new Outcome(ended, e.getMessage(), snapshot, started));
    } catch (BadInput e) {
      return new Outcome(ended, e.diagnostics().getFirst().toString(), snapshot, started);
    } catch (IOException e) {
      return left(new Outcome(ended, Refusal.line(e), snapshot, started));
    } catch (UncheckedIOException e) {
      return left(new Outcome(ended, Refusal.line(e.getCause()), snapshot, started));
    }
  }

  /** What is to be said of a needed file that is not there. */
  static String missingNeed(Graph graph, String path) {
    int maker = graph.makerOf(path);
    return maker < 0
        ? "need " + path + " is gone"
        : "need %s was not made by job %s".formatted(path, graph.name(maker));
  }

  /** What is to be said of a needed value that its job did not store. */
  static String missingData(String name) {
    int dot = name.lastIndexOf('.');
    return "need data %s was not stored by job %s: it writes %s=VALUE to the file of TORC_OUTPUT"
        .formatted(name, name.substring(0, dot), name.substring(dot + 1));
  }

  private void clear(Snapshot snapshot) throws IOException {
    shop.clearing().refuseOutside(job, snapshot.stale());
    BadInput.Diagnostic taken = shop.taken().of(id);
    if (taken != null) {
      throw new Failure(taken.message());
    }
    for (Owned stale : snapshot.stale()) {
      shop.clearing().keepStale(stale.path());
    }
    boolean there = shop.clearing().clear(job);
    cleared = true;
    if (there) {
      return;
    }
    Path root = shop.graph().workflow().root();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        makeFolder(root.resolve(file.path()).getParent());
      } else if (ref instanceof Ref.OfFolder folder) {
        makeFolder(root.resolve(folder.path()));
      } else if (ref instanceof Ref.OfGlob glob) {
        makeFolder(root.resolve(Glob.of(glob.pattern()).fixedPrefix()));
      }
    }
    if (job.depfile() != null) {
      makeFolder(root.resolve(job.depfile()).getParent());
    }
  }

  /** A look first: nearly always another job's products lie there already. */
  private void makeFolder(Path folder) throws IOException {
    if (shop.digests().stamp(folder.toString()).kind() != Stamp.Kind.FOLDER) {
      Files.createDirectories(folder);
    }
  }

  private void letGo() {
    if (!let) {
      let = true;
      gone.run();
    }
  }

  private Ended launch(Launch launch) {
    synchronized (this) {
      if (!ends.isEmpty()) {
        return new Ended(Ended.How.INTERRUPTED, 0, 0, 0, -1, "");
      }
    }
    return shop.runner().run(launch, this::runs);
  }

  private synchronized void runs(Runner.Running handle) {
    running = handle;
    ends.forEach(running::end); // they came meanwhile
  }

  private Outcome succeeded(Snapshot snapshot, Stamp begin) throws IOException {
    Products products = Products.of(grounds(), shop.digests(), job, true, this::letGo);
    TreeSet<String> moved = new TreeSet<>(snapshot.moved());
    FoundNeeds needs = FoundNeeds.read(shop.graph(), id, snapshot, begin);
    moved.addAll(needs.moved());
    LinesFile output = shop.launches().output(job.name());
    List<Datum> data = Stored.read(output, output.lines(shop.digests()));
    if (posts.bad() != null) {
      throw posts.bad();
    }
    return new Outcome(
        ended,
        "",
        snapshot,
        products.made(),
        products.owned(),
        List.copyOf(needs.found()),
        List.copyOf(moved),
        started,
        data,
        "",
        List.of());
  }

  /**
   * A failure with what the job left, which its next run may delete. Before the places were cleared
   * nothing that stands there is the job's.
   */
  private Outcome left(Outcome failed) {
    if (!cleared) {
      return failed;
    }
    try {
      return failed.leaving(Products.of(grounds(), shop.digests(), job, false, () -> {}).owned());
    } catch (IOException | Stopped e) {
      return failed; // what cannot be looked at is nobody's: it moves to kept at the next run
    }
  }

  private Grounds grounds() {
    return shop.clearing().grounds();
  }

  private static Ended notStarted() {
    return new Ended(Ended.How.NOT_STARTED, 0, 0, 0, -1, "");
  }
}
