package dev.torc.features.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.Runner;
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
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
  private final Map<String, Download> downloads = new LinkedHashMap<>(); // by product
  private String failure = ""; // empty for none
  private Thread thread; // to interrupt; null for none. Guarded by this, like the next three
  private How stopped; // why it must end; null if it need not
  private int signal; // that ended it last
  private long end; // when its time is over, by System.nanoTime; 0 for never

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
    long began = System.nanoTime();
    handle.accept(by -> stop(How.INTERRUPTED, by));
    try {
      shared.tidy(common.launches().place(), common.graph());
      fetch(launch);
    } catch (AttemptFailure | CancellationException | InterruptedException e) {
      failure = String.valueOf(e.getMessage());
    } catch (IOException e) {
      failure = Refusal.line(e);
    } catch (UncheckedIOException e) {
      failure = Refusal.line(e.getCause());
    } finally {
      shared.running.remove(job.name());
    }
    How how = stopped == null ? How.EXITED : stopped;
    int code = failure.isEmpty() || stopped != null ? 0 : 1;
    return new ProcessEnd(how, code, System.nanoTime() - began, Usage.UNKNOWN, "");
  }

  private void fetch(Launch launch) throws IOException, InterruptedException {
    Map<String, Stamp> before = new HashMap<>();
    for (FetchedFile source : Fetch.of(job).sources()) {
      before.put(source.path(), common.digests().linkStamp(source.path()));
    }
    try {
      interruptible(Thread.currentThread(), launch.timeLimit());
      download(launch);
    } finally {
      interruptible(null, 0);
      clear(before); // also after a failure, or the record of it would own the user's files
    }
    for (Map.Entry<String, Download> each : downloads.entrySet()) {
      if (!each.getValue().isUnchanged()) {
        move(each.getValue().place(), product(each.getKey()));
      }
    }
  }

  /** Lets {@link #stop} interrupt a thread; null for none anymore. */
  private synchronized void interruptible(Thread by, long limit) {
    thread = by;
    end = limit == 0 ? 0 : System.nanoTime() + limit;
    Thread.interrupted(); // a late one would end something else
  }

  private void download(Launch launch) throws IOException, InterruptedException {
    Path log = launch.output().log();
    if (!launch.output().append()) {
      OwnFile.write(log, new byte[0]);
    }
    try (PrintStream lines =
        new PrintStream(OwnFile.out(log, StandardOpenOption.APPEND), true, UTF_8)) {
      for (FetchedFile source : Fetch.of(job).sources()) {
        String path = source.path();
        FetchPlace place = FetchPlace.of(common.launches().place(), product(path));
        Download.Means means =
            new Download.Means(
                shared::web,
                url -> command(launch, url, place.part()),
                common.machines().here().boot(),
                this::check,
                lines::println);
        Download download = new Download(source, place, present(path), means);
        downloads.put(path, download);
        shared.running.put(job.name(), download);
        download.run();
      }
      if (lines.checkError()) {
        throw new IOException("the log cannot be written");
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

  private void move(FetchPlace place, Path product) throws IOException {
    Path part = place.part();
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

  /** Runs the command of a fetcher like the command of a job. */
  private void command(Launch launch, String url, Path part) throws IOException {
    WebAddress address = WebAddress.of(url);
    Template text = job.conditions().get(Fetch.command(address.scheme()));
    List<String> argv = new ArrayList<>(job.runs().steps().getFirst().shell());
    argv.add(text.render(slot -> List.of(slot.name().equals(Fetch.URL) ? url : part.toString())));
    Launch.Step own = launch.steps().getFirst();
    Launch run =
        launch.running(
            List.of(new Launch.Step(argv, own.dir(), own.env())),
            new Launch.Output(launch.output().log(), true, false));
    ProcessEnd ended = await(run);
    if (ended.how() != How.EXITED && ended.how() != How.SIGNALED) {
      stop(ended.how(), Kill.TERM);
    }
    check();
    if (!ended.ok() || !OwnFile.exists(part)) {
      String phrase = AttemptOutcome.phrase(ended, launch.timeLimit(), launch.memoryLimit());
      throw new AttemptFailure(
          address.shown() + ": " + phrase + (ended.ok() ? ", but {produces} was not written" : ""));
    }
  }

  /** Runs a command to its end; each interrupt of this thread ends its processes. */
  private ProcessEnd await(Launch run) {
    CompletableFuture<ProcessEnd> done = new CompletableFuture<>();
    Running command = common.machines().runner().start(run, done::complete);
    while (true) {
      try {
        return done.get();
      } catch (InterruptedException e) {
        end(command);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private synchronized void end(Running command) {
    if (stopped != null) {
      command.end(signal);
    }
  }

  private synchronized void stop(How how, int by) {
    stopped = stopped == null ? how : stopped;
    signal = by;
    if (thread != null) {
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
    Download now = shared.running.get(job.name());
    boolean silent = now != null && now.tick();
    if (end != 0 && System.nanoTime() - end > 0 && stopped == null) {
      stop(How.TIMEOUT, Kill.TERM);
    } else if (silent && thread != null) {
      thread.interrupt();
    }
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
    products.made().forEach(made -> Io.unchecked(() -> compare(made)));
  }

  private void compare(RecordedProduct made) throws IOException {
    String now = made.digest().hex();
    String before = downloads.get(made.path()).complete(now);
    if (!before.isEmpty() && !job.has(Trait.PERSIST)) {
      String line = "job %s: %s has other bytes than last time, sha256 %s → %s; add sha256";
      String path = SafeText.name(made.path());
      line = line.formatted(SafeText.name(job.name()), path, before, now);
      common.removal().note().accept(line);
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
