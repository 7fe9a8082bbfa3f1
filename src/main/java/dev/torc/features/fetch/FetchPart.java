package dev.torc.features.fetch;

import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Template;
import dev.torc.core.run.AttemptFailure;
import dev.torc.core.run.AttemptOutcome;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.core.run.JobAttempts;
import dev.torc.core.run.ProductScan;
import dev.torc.core.run.RemovedOrSetAside;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * Runs an attempt of a job with {@code fetch}: downloads its products, in this process or by the
 * command of a fetcher, and moves them to their places when all are complete. A killed torc leaves
 * only temporary files, which are not believed.
 */
public final class FetchPart implements AttemptPart, Runner {

  private final AttemptContext common;
  private final int id;
  private final Job job;
  private final JobAttempts attempts;
  private final Downloads shared;
  private final Map<String, Download> downloads = new HashMap<>(); // by product
  private volatile Download current;
  private String failure = ""; // empty for none
  private Thread
      thread; // to interrupt; null while a command runs. Guarded by this, as are the next
  private Running command; // that fetches now; null for none
  private How stopped; // why it must end; null if it need not
  private long began; // by System.nanoTime
  private long limit; // nanoseconds; 0 for none

  public FetchPart(AttemptContext common, int id, JobAttempts attempts, Downloads shared) {
    this.common = common;
    this.id = id;
    this.attempts = attempts;
    this.job = common.graph().job(id);
    this.shared = shared;
  }

  @Override
  public Runner runner() {
    return this;
  }

  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    throw new UnsupportedOperationException("an attempt waits for its downloads");
  }

  /** Fetches all files. Everything that fails is the job's failure. */
  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> handle) {
    synchronized (this) {
      thread = Thread.currentThread();
      began = System.nanoTime();
      limit = launch.timeLimit();
    }
    handle.accept(signal -> stop(How.INTERRUPTED, signal));
    try {
      shared.begin(job.name(), this, common.launches().place(), common.graph());
      fetch(launch);
    } catch (AttemptFailure | CancellationException e) {
      failure = String.valueOf(e.getMessage());
    } catch (IOException e) {
      failure = Refusal.line(e);
    } catch (UncheckedIOException e) {
      failure = Refusal.line(e.getCause());
    } finally {
      shared.end(job.name());
      current = null;
    }
    synchronized (this) {
      thread = null;
      Thread.interrupted(); // so that a late interrupt ends nothing else
      limit = 0;
      int code = failure.isEmpty() || stopped != null ? 0 : 1;
      How how = stopped == null ? How.EXITED : stopped;
      return new ProcessEnd(how, code, System.nanoTime() - began, Usage.UNKNOWN, "");
    }
  }

  private void fetch(Launch launch) throws IOException {
    Path log = launch.output().log();
    if (!launch.output().append()) {
      OwnFile.write(log, new byte[0]);
    }
    Map<String, Stamp> before = new HashMap<>();
    List<FetchedFile> sources = Fetch.of(job).sources();
    for (FetchedFile source : sources) {
      before.put(source.path(), common.digests().linkStamp(source.path()));
    }
    try (OutputStream lines = OwnFile.out(log, StandardOpenOption.APPEND)) {
      Download.Means means =
          new Download.Means(
              shared::web,
              (address, url, part) -> command(launch, address, url, part),
              common.machines().here().boot(),
              this::check,
              line -> log(lines, line));
      for (FetchedFile source : sources) {
        String path = source.path();
        FetchPlace place = FetchPlace.of(common.launches().place(), product(path));
        current = new Download(source, place, present(path), means);
        downloads.put(path, current);
        current.run();
      }
    } finally {
      clear(before); // also after a failure, or the record of it would own the user's files
    }
    for (FetchedFile source : sources) {
      Download download = downloads.get(source.path());
      if (!download.isUnchanged()) {
        move(download.part(), product(source.path()));
      }
    }
  }

  private Path product(String path) {
    return common.graph().workflow().root().resolve(path);
  }

  /** Sets aside what a user put in the places of products while they came. */
  private void clear(Map<String, Stamp> before) throws IOException {
    Set<String> standing = new HashSet<>();
    for (Map.Entry<String, Stamp> each : before.entrySet()) {
      if (each.getValue().equals(common.digests().linkStamp(each.getKey()))) {
        standing.add(each.getKey());
      }
    }
    RemovedOrSetAside removal = common.removal();
    removal.clear(job, attempts.persists(job), false, removal.clearing(), standing);
    for (Map.Entry<String, Download> each : downloads.entrySet()) {
      if (each.getValue().isUnchanged() && !standing.contains(each.getKey())) {
        String line = "%s changed while torc asked for it; build again";
        throw new AttemptFailure(line.formatted(SafeText.name(each.getKey())));
      }
    }
  }

  private void move(Path part, Path product) throws IOException {
    try (FolderHandle from = FolderHandle.of(part.getParent());
        FolderHandle to = common.removal().grounds().holder(product)) {
      from.move(part.getFileName(), to, product.getFileName());
    }
  }

  /** Returns the digest of a product that stays in place until there is another; else empty. */
  private String present(String path) {
    OwnedPath owned = attempts.persists(job) ? common.cache().owned(path) : null;
    return common.removal().ours(owned, null) == null ? "" : owned.digest().hex();
  }

  private static void log(OutputStream log, String line) {
    try {
      log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the command of a fetcher like the command of a job. */
  private void command(Launch launch, WebAddress address, String url, Path part)
      throws IOException {
    Template text = job.conditions().get(Fetch.command(address.scheme()));
    List<String> argv = new ArrayList<>(job.runs().steps().getFirst().shell());
    argv.add(text.render(slot -> List.of(slot.name().equals(Fetch.URL) ? url : part.toString())));
    Launch.Step own = launch.steps().getFirst();
    Launch run =
        launch.running(
            List.of(new Launch.Step(argv, own.dir(), own.env())),
            new Launch.Output(launch.output().log(), true, false));
    synchronized (this) {
      check();
      thread = null;
    }
    ProcessEnd ended = common.machines().runner().run(run, this::runs);
    synchronized (this) {
      thread = Thread.currentThread();
      command = null;
      if (stopped == null && ended.how() != How.EXITED && ended.how() != How.SIGNALED) {
        stopped = ended.how();
      }
      check();
    }
    if (!ended.ok() || !OwnFile.exists(part)) {
      String phrase = AttemptOutcome.phrase(ended, launch.timeLimit(), launch.memoryLimit());
      throw new AttemptFailure(
          address.shown() + ": " + phrase + (ended.ok() ? ", but {produces} was not written" : ""));
    }
  }

  private synchronized void runs(Running handle) {
    command = handle;
    if (stopped != null) {
      handle.end(Kill.TERM);
    }
  }

  private synchronized void stop(How how, int signal) {
    stopped = stopped == null ? how : stopped;
    if (command != null) {
      command.end(signal);
    } else if (thread != null) {
      thread.interrupt();
    }
  }

  private synchronized void check() {
    if (stopped != null) {
      throw new CancellationException();
    }
  }

  @Override
  public synchronized void tick() {
    Download now = current;
    boolean silent = now != null && now.tick();
    if (limit > 0 && System.nanoTime() - began > limit && stopped == null) {
      stop(How.TIMEOUT, Kill.TERM);
    } else if (silent && thread != null) {
      thread.interrupt();
    }
  }

  /** Returns how far the download is; empty before its first byte. */
  String progress() {
    Download now = current;
    return now == null ? "" : now.progress();
  }

  /** Fails the attempt with what was wrong, in place of an exit status. */
  @Override
  public void read() {
    if (!failure.isEmpty() && stopped == null) {
      throw new AttemptFailure(failure);
    }
  }

  /**
   * Warns of other bytes from the same URL, if no digest in the build file says which are right,
   * and no {@code max_age} says that others may come.
   */
  @Override
  public void look(ProductScan products) {
    JobResult last = common.plan().records().result(id);
    boolean same = attempts.reasons().stream().noneMatch(r -> r.kind() == Kind.SETTING_CHANGED);
    for (RecordedProduct made : products.made()) {
      Download download = downloads.get(made.path());
      RecordedProduct before = same && last != null ? last.product(made.path()) : null;
      if (download.isFixed()) {
        continue;
      } else if (job.has(Trait.PERSIST)) {
        download.remember(made.digest().hex());
      } else if (before != null && !made.digest().equals(before.digest())) {
        String line = "job %s: %s has other bytes than last time, sha256 %s → %s; add sha256";
        String name = SafeText.name(job.name());
        String old = before.digest().hex();
        line = line.formatted(name, SafeText.name(made.path()), old, made.digest().hex());
        common.removal().note().accept(line);
      }
    }
  }

  @Override
  public long grace() {
    return 0;
  }

  @Override
  public void close() {
    // it is the attempt's, and ends with it
  }
}
