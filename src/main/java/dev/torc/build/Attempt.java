package dev.torc.build;

import dev.torc.cache.CacheException;
import dev.torc.cache.Made;
import dev.torc.cache.Marks;
import dev.torc.cache.Owned;
import dev.torc.exec.Ended;
import dev.torc.exec.Launch;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import dev.torc.hash.Known;
import dev.torc.hash.Stamp;
import dev.torc.machine.Amount;
import dev.torc.machine.Refusal;
import dev.torc.plan.Contents;
import dev.torc.plan.Snapshot;
import dev.torc.plan.Walk;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Item;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * One attempt at a job, from clearing the places of its products to looking at what it left. Runs
 * on a thread of its own and may wait; it changes no state of the build and puts nothing into the
 * cache: the loop does, with the {@link Outcome} that it returns.
 */
public final class Attempt {

  /** What all attempts of a build share. */
  public record Shop(
      Graph graph,
      Contents contents,
      Digests digests,
      Clearing clearing,
      Launches launches,
      Marks marks,
      Runner runner,
      String build) {}

  /**
   * What an attempt came to.
   *
   * @param ended how its processes ended; for what failed before or after them, an end that is not
   *     ok
   * @param what the failure in one phrase, empty if the attempt succeeded
   * @param snapshot the needs as it found them, null if it did not come so far
   * @param products what it left, in declared order
   * @param owned the same for the record of who made what
   * @param found what its depfile named beyond the declared needs, sorted
   * @param moved needs that moved while it ran
   * @param started milliseconds since 1970
   */
  record Outcome(
      Ended ended,
      String what,
      Snapshot snapshot,
      List<Made> products,
      List<Owned> owned,
      List<String> found,
      List<String> moved,
      long started) {
    boolean ok() {
      return what.isEmpty();
    }
  }

  private final Shop shop;
  private final int id;
  private final Job job;
  private final int number;
  private final Launches.Granted granted;
  private final long timeLimit;
  private Runner.Running running;
  private boolean stopped;
  private boolean stoppedNow;

  Attempt(Shop shop, int id, int number, Launches.Granted granted, long timeLimit) {
    this.shop = shop;
    this.id = id;
    this.job = shop.graph.job(id);
    this.number = number;
    this.granted = granted;
    this.timeLimit = timeLimit;
  }

  /** Ends the attempt from another thread, before or after its processes started. */
  synchronized void end(boolean now) {
    stopped = true;
    stoppedNow |= now;
    if (running != null) {
      running.end(now);
    }
  }

  /** Runs to the end; throws {@link CacheException} only where the mark cannot be written. */
  Outcome run() {
    long started = System.currentTimeMillis();
    Snapshot snapshot = null;
    Ended ended = notStarted("");
    try {
      snapshot = Snapshot.take(shop.graph, shop.contents, shop.digests, id);
      String missing = snapshot.missing();
      if (missing != null) {
        return failed(notStarted(""), missingNeed(missing), snapshot, started);
      }
      clear(snapshot);
      shop.marks.add(new Marks.Mark(shop.build, job.name(), number));
      Launch launch = shop.launches.of(id, snapshot, granted, number, timeLimit, number > 1);
      Stamp begin = shop.digests.stamp(shop.launches.needsFile(job.name(), "").toString());
      ended = launch(launch);
      if (!ended.ok()) {
        return failed(ended, phrase(ended), snapshot, started);
      }
      return succeeded(ended, snapshot, begin, started);
    } catch (Failure e) {
      return failed(ended, e.getMessage(), snapshot, started);
    } catch (BadInput e) {
      return failed(ended, e.diagnostics().getFirst().toString(), snapshot, started);
    } catch (IOException e) {
      return failed(ended, Failure.line(e), snapshot, started);
    } catch (UncheckedIOException e) {
      return failed(ended, Failure.line(e.getCause()), snapshot, started);
    }
  }

  private String missingNeed(String path) {
    int maker = shop.graph.makerOf(path);
    return maker < 0
        ? "need " + path + " is gone"
        : "need %s was not made by job %s".formatted(path, shop.graph.job(maker).name());
  }

  private void clear(Snapshot snapshot) throws IOException {
    for (Owned stale : snapshot.stale()) {
      shop.clearing.keep(stale.path(), false);
    }
    shop.clearing.clear(job);
    Path root = shop.graph.workflow().root();
    for (Item item : job.produces()) {
      for (Ref ref : item.refs()) {
        switch (ref) {
          case Ref.OfFile file -> Files.createDirectories(root.resolve(file.path()).getParent());
          case Ref.OfFolder folder -> Files.createDirectories(root.resolve(folder.path()));
          case Ref.OfGlob glob ->
              Files.createDirectories(root.resolve(Glob.of(glob.pattern()).fixedPrefix()));
          case Ref.Exclude _, Ref.OfJob _ -> {}
        }
      }
    }
    if (job.depfile() != null) {
      Files.createDirectories(root.resolve(job.depfile()).getParent());
    }
  }

  private Ended launch(Launch launch) {
    CompletableFuture<Ended> done = new CompletableFuture<>();
    synchronized (this) {
      if (stopped) {
        return new Ended(Ended.How.INTERRUPTED, 0, 0, 0, -1, "");
      }
      running = shop.runner.start(launch, done::complete);
      if (stopped) {
        running.end(stoppedNow);
      }
    }
    return done.join();
  }

  private Outcome succeeded(Ended ended, Snapshot snapshot, Stamp begin, long started)
      throws IOException {
    List<Made> made = new ArrayList<>();
    List<Owned> owned = new ArrayList<>();
    collect(true, made, owned);
    TreeSet<String> moved = new TreeSet<>(snapshot.moved());
    TreeSet<String> found = new TreeSet<>();
    if (job.depfile() != null) {
      readDepfile(snapshot, begin, found, moved);
      owned.add(own(job.depfile(), shop.digests.product(job.depfile())));
    }
    return new Outcome(
        ended, "", snapshot, made, owned, List.copyOf(found), List.copyOf(moved), started);
  }

  private Outcome failed(Ended ended, String what, Snapshot snapshot, long started) {
    List<Owned> owned = new ArrayList<>();
    String phrase = what;
    if (snapshot != null) {
      try {
        collect(false, new ArrayList<>(), owned);
      } catch (IOException e) {
        phrase = what + "; and its products cannot be looked at: " + Failure.line(e);
      }
    }
    return new Outcome(ended, phrase, snapshot, List.of(), owned, List.of(), List.of(), started);
  }

  /** Looks at what the job left; with {@code strict}, rule 7 holds. */
  private void collect(boolean strict, List<Made> made, List<Owned> owned) throws IOException {
    for (Item item : job.produces()) {
      for (Ref ref : item.refs()) {
        switch (ref) {
          case Ref.OfFile file -> collect(file.path(), Stamp.Kind.FILE, strict, made, owned);
          case Ref.OfFolder folder ->
              collect(folder.path(), Stamp.Kind.FOLDER, strict, made, owned);
          case Ref.OfGlob glob -> {
            Path root = shop.graph.workflow().root();
            for (String path : Walk.of(root, Glob.of(glob.pattern()))) {
              collect(path, Stamp.Kind.FILE, strict, made, owned);
            }
          }
          case Ref.Exclude _, Ref.OfJob _ -> {}
        }
      }
    }
  }

  private void collect(
      String path, Stamp.Kind kind, boolean strict, List<Made> made, List<Owned> owned)
      throws IOException {
    Known known = shop.digests.product(path);
    Stamp.Kind there = known.stamp().kind();
    if (there != kind) {
      if (strict) {
        throw new Failure(
            there == Stamp.Kind.MISSING
                ? "product " + path + " is missing though the command ended well"
                : there == Stamp.Kind.FOLDER
                    ? "product %s is a folder; declare %s/".formatted(path, path)
                    : "product " + path + "/ is a file; declare it without the slash");
      }
      return;
    }
    if (kind == Stamp.Kind.FOLDER) {
      known = new Known(known.stamp(), shop.digests.productFolder(path).digest(), false);
    }
    made.add(new Made(path, kind, known.digest()));
    owned.add(own(path, known));
  }

  private Owned own(String path, Known known) throws IOException {
    Path file = shop.graph.workflow().root().resolve(path);
    return Files.isSymbolicLink(file)
        ? new Owned(path, Stamp.Kind.LINK, Clearing.linkDigest(file), job.name(), false)
        : new Owned(path, known.stamp().kind(), known.digest(), job.name(), false);
  }

  /** Rule 6: what a depfile names is needed too, but adds no edges. */
  private void readDepfile(
      Snapshot snapshot, Stamp begin, TreeSet<String> found, TreeSet<String> moved)
      throws IOException {
    Path root = shop.graph.workflow().root();
    String text;
    try {
      text = Files.readString(root.resolve(job.depfile()), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new Failure("depfile " + job.depfile() + " is missing though the command ended well");
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new Failure("depfile " + job.depfile() + " is no valid UTF-8");
    }
    List<String> named;
    try {
      named = Depfile.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Failure("depfile " + job.depfile() + ": " + e.getMessage());
    }
    Path dir = root.resolve(job.steps().getFirst().dir()).normalize();
    for (String name : named) {
      Path file = dir.resolve(name).normalize();
      String path = file.startsWith(root) ? root.relativize(file).toString() : file.toString();
      int maker = shop.graph.makerOf(path);
      if (snapshot.declares(path) || maker == id || path.equals(job.depfile())) {
        continue;
      }
      if (maker >= 0 && !shop.graph.precedes(maker, id)) {
        throw new Failure(
            "depfile names %s, a product of job %s, which this job does not wait for; add %s to its"
                + " needs".formatted(path, shop.graph.job(maker).name(), path));
      }
      Known known = snapshot.add(path);
      found.add(path);
      if (maker < 0 && (known.stamp().ctime() > begin.ctime() || !known.stamp().exists())) {
        moved.add(path);
      }
    }
  }

  private static Ended notStarted(String message) {
    return new Ended(Ended.How.NOT_STARTED, 0, 0, 0, -1, message);
  }

  private String phrase(Ended ended) {
    return switch (ended.how()) {
      case EXITED -> "exit " + ended.code();
      case SIGNALED -> "signal " + ended.code() + signalName(ended.code());
      case TIMEOUT -> "timed out after " + Amount.time(timeLimit);
      case MEMORY ->
          "out of memory: it took %s of %s"
              .formatted(Amount.size(ended.peak()), Amount.size(granted.memoryLimit()));
      case INTERRUPTED -> "interrupted";
      case TERMINAL, NOT_STARTED -> ended.message();
    };
  }

  private static String signalName(int signal) {
    String name =
        switch (signal) {
          case 1 -> "HUP";
          case 2 -> "INT";
          case 3 -> "QUIT";
          case 4 -> "ILL";
          case 6 -> "ABRT";
          case 7 -> "BUS";
          case 8 -> "FPE";
          case 9 -> "KILL";
          case 11 -> "SEGV";
          case 13 -> "PIPE";
          case 15 -> "TERM";
          case 24 -> "XCPU";
          case 25 -> "XFSZ";
          default -> "";
        };
    return name.isEmpty() ? "" : " (" + name + ")";
  }

  /** Why an attempt failed although or before its processes ended well. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure(String message) {
      super(message);
    }

    /** One line for a file system's refusal. */
    static String line(IOException e) {
      return Refusal.line(e);
    }
  }
}
