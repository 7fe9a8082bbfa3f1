package dev.torc.features.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebAddress;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.here.RunToEnd.Running;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
public final class FetchPart implements AttemptPart, RunToEnd {

  private final AttemptContext common;
  private final Job job;
  private final JobAttempts attempts;
  private final Downloads shared;
  private final Map<String, Download> downloads = new LinkedHashMap<>(); // by product
  private RuntimeException failure; // null for none
  private Thread thread; // to interrupt; null for none. Guarded by this, like the next four
  private Running command; // of a fetcher, to end instead; null for none
  private How stopped; // why it must end; null if it need not
  private int signal; // that ended it last
  private long end; // when its time is over, by System.nanoTime; 0 for never

  public FetchPart(AttemptContext common, int id, JobAttempts attempts, Downloads shared) {
    this.common = common;
    this.job = common.graph().job(id);
    this.attempts = attempts;
    this.shared = shared;
  }

  @Override
  public RunToEnd runner() {
    return this;
  }

  /** Fetches all files. Everything that fails is the job's failure. */
  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> handle) {
    long began = System.nanoTime();
    handle.accept(by -> stop(How.INTERRUPTED, by));
    try {
      shared.tidy(common.launches().place(), common.graph());
      fetch(launch);
    } catch (AttemptFailure | CancellationException | UncheckedIOException e) {
      failure = e;
    } catch (InterruptedException e) {
      failure = new AttemptFailure("interrupted");
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    } finally {
      shared.running.remove(job.name());
    }
    How how = stopped == null ? How.EXITED : stopped;
    int code = failure == null || stopped != null ? 0 : 1;
    return new ProcessEnd(how, code, System.nanoTime() - began, Usage.UNKNOWN, "");
  }

  private void fetch(Launch launch) throws IOException, InterruptedException {
    Map<String, Stamp> standing = stamps();
    try {
      interruptible(Thread.currentThread(), launch.timeLimit());
      download(launch);
    } finally { // also after a failure, or the record of it would own the user's files
      interruptible(null, 0);
      standing.entrySet().retainAll(stamps().entrySet());
      RemovedOrSetAside removal = common.removal();
      Set<String> stay = standing.keySet();
      removal.clear(job, attempts.persists(job), false, removal.clearing(), stay);
    }
    for (Map.Entry<String, Download> each : downloads.entrySet()) {
      if (!each.getValue().isUnchanged()) {
        move(each.getValue().place.part(), product(each.getKey()));
      } else if (!standing.containsKey(each.getKey())) {
        String line = "%s changed while torc asked for it; build again";
        throw new AttemptFailure(line.formatted(SafeText.name(each.getKey())));
      }
    }
  }

  /** Returns the stamps of products, to find out what a user writes in their places meanwhile. */
  private Map<String, Stamp> stamps() throws IOException {
    Map<String, Stamp> stamps = new HashMap<>();
    for (Ref product : job.productRefs()) {
      stamps.put(product.text(), common.digests().linkStamp(product.text()));
    }
    return stamps;
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
    List<Launch.Step> recovering = launch.steps().subList(0, launch.steps().size() - 1);
    if (!recovering.isEmpty()) {
      run(launch, recovering, "");
    }
    try (PrintStream lines =
        new PrintStream(OwnFile.out(log, StandardOpenOption.APPEND), true, UTF_8)) {
      for (FetchedFile file : Fetch.of(job).files()) {
        Download download = download(launch, file, lines);
        downloads.put(file.path(), download);
        shared.running.put(job.name(), download);
        download.run();
      }
      if (lines.checkError()) {
        throw new IOException("the log cannot be written");
      }
    }
  }

  private Download download(Launch launch, FetchedFile file, PrintStream lines) throws IOException {
    String boot = common.machines().here().boot();
    FetchPlace place = FetchPlace.of(common.launches().place(), product(file.path()), boot);
    Map<String, String> own = Fetch.headers(job, shared.env);
    Io.Take<String> fetcher = url -> fetch(launch, url, place.part());
    Download.Means means =
        new Download.Means(shared::web, own, fetcher, this::check, lines::println);
    OwnedPath owned = attempts.persists(job) ? common.cache().owned(file.path()) : null;
    boolean ours = common.removal().ours(owned, null) != null;
    return new Download(file, place, ours ? owned.digest().hex() : "", means);
  }

  private Path product(String path) {
    return common.graph().workflow().root().resolve(path);
  }

  private void move(Path part, Path product) throws IOException {
    try (FolderHandle from = FolderHandle.of(part.getParent());
        FolderHandle to = common.removal().grounds().holder(product)) {
      from.move(part.getFileName(), to, product.getFileName());
    }
  }

  /** Runs the command of a fetcher. */
  private void fetch(Launch launch, String url, Path part) throws IOException {
    WebAddress address = WebAddress.of(url);
    Template text = job.extra(Fetch.command(address.scheme()));
    List<String> argv = new ArrayList<>(job.runs().steps().getFirst().shell());
    argv.add(text.render(slot -> List.of(slot.name().equals(Fetch.URL) ? url : part.toString())));
    Launch.Step own = launch.steps().getLast();
    String what = address.shown() + ": ";
    run(launch, List.of(new Launch.Step(argv, own.dir(), own.env())), what);
    if (!OwnFile.exists(part)) {
      throw new AttemptFailure(what + "exit 0, but {produces} was not written");
    }
  }

  /** Runs commands like those of a job; {@code what} begins the line about a failure. */
  private void run(Launch launch, List<Launch.Step> steps, String what) {
    Launch.Output output = new Launch.Output(launch.output().log(), true, false);
    ProcessEnd ended = common.machines().runner().run(launch.running(steps, output), this::runs);
    runs(null);
    if (ended.how() != How.EXITED && ended.how() != How.SIGNALED) {
      stop(ended.how(), Kill.TERM);
    }
    check();
    if (!ended.ok()) {
      long memory = launch.memoryLimit();
      throw new AttemptFailure(what + AttemptOutcome.phrase(ended, launch.timeLimit(), memory));
    }
  }

  private synchronized void runs(Running by) {
    command = by;
    Thread.interrupted(); // one that came before the start
    if (by != null && stopped != null) {
      by.end(signal);
    }
  }

  private synchronized void stop(How how, int by) {
    stopped = stopped == null ? how : stopped;
    signal = by;
    if (command != null) {
      command.end(by);
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
    long now = System.nanoTime();
    Download running = shared.running.get(job.name());
    boolean silent = running != null && running.tick(now);
    if (end != 0 && now - end > 0 && stopped == null) {
      stop(How.TIMEOUT, Kill.TERM);
    } else if (silent && thread != null) {
      thread.interrupt();
    }
  }

  /** Fails the attempt with what was wrong, in place of an exit status. */
  @Override
  public void read() {
    if (failure != null && stopped == null) {
      throw failure;
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
}
