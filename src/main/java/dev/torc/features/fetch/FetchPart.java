package dev.torc.features.fetch;

import dev.torc.base.machine.Series.Usage;
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
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
  private final Map<String, String> env;
  private final Downloads running;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Map<String, Download> downloads = new LinkedHashMap<>(); // by product
  private volatile Download current;
  private WebClient web; // guarded by this, like the next two
  private Running command; // that fetches now; null for none
  private How stopped; // why it must end; null if it need not
  private ProcessEnd ended; // of the last command; null for none
  private long limit; // by System.nanoTime; 0 for none
  private String failure; // null for none

  /** Prepares an attempt; {@code env} is the caller's environment. */
  public FetchPart(
      AttemptContext common,
      int id,
      JobAttempts attempts,
      Map<String, String> env,
      Downloads running) {
    this.common = common;
    this.id = id;
    this.attempts = attempts;
    this.job = common.graph().job(id);
    this.env = env;
    this.running = running;
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
    limit = launch.timeLimit() == 0 ? 0 : began + launch.timeLimit();
    handle.accept(signal -> stop(How.INTERRUPTED, signal));
    try {
      running.begin(job.name(), this, common.launches().place(), common.graph());
      fetch(launch);
    } catch (AttemptFailure e) {
      failure = e.getMessage();
    } catch (IOException e) {
      failure = Refusal.line(e);
    } catch (UncheckedIOException e) {
      failure = Refusal.line(e.getCause());
    } catch (IllegalArgumentException | IllegalStateException e) {
      failure = "fault of torc: " + e;
    } finally {
      running.end(job.name());
      current = null;
    }
    synchronized (this) {
      How how = stopped == null ? How.EXITED : stopped;
      int code = failure == null || stopped != null ? 0 : 1;
      long wall = System.nanoTime() - began;
      return ended == null
          ? new ProcessEnd(how, code, wall, Usage.UNKNOWN, "")
          : ended.as(how, code, ended.message()).lasting(wall);
    }
  }

  private void fetch(Launch launch) throws IOException {
    Path log = launch.output().log();
    Path root = common.graph().workflow().root();
    if (!launch.output().append()) {
      OwnFile.write(log, new byte[0]);
    }
    try (OutputStream lines = OwnFile.out(log, StandardOpenOption.APPEND);
        WebClient client = begin()) {
      Download.Means means =
          new Download.Means(
              client,
              (address, url, part) -> command(launch, address, url, part),
              common.machines().here().boot(),
              stop,
              line -> log(lines, line));
      List<Map.Entry<Path, Path>> moves = new ArrayList<>();
      for (FetchedFile source : Fetch.of(job).sources()) {
        Path product = root.resolve(source.path());
        FetchPlace place = FetchPlace.of(common.launches().place(), product);
        current = new Download(source, place, present(source.path()), means);
        current.run();
        downloads.put(source.path(), current);
        if (!current.isUnchanged()) {
          moves.add(Map.entry(place.part(), product));
        }
      }
      for (Map.Entry<Path, Path> each : moves) {
        Files.move(each.getKey(), each.getValue(), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private synchronized WebClient begin() {
    web = new WebClient(env);
    return web;
  }

  /** Returns the digest of a product that stays in place until there is another; else empty. */
  private String present(String path) {
    OwnedPath owned = attempts.persists(job) ? common.cache().owned(path) : null;
    return common.removal().ours(owned, null) == null ? "" : owned.digest().hex();
  }

  /** Runs the command of a fetcher like the command of a job. */
  private void command(Launch launch, WebAddress address, String url, Path part)
      throws IOException {
    Launch.Step own = launch.steps().getFirst();
    Template text = job.conditions().get(Fetch.command(url));
    List<String> argv = new ArrayList<>(job.runs().steps().getFirst().shell());
    argv.add(text.render(_ -> List.of(part.toString())));
    long rest = limit == 0 ? 0 : Math.max(1, limit - System.nanoTime());
    Launch run =
        new Launch(
            List.of(new Launch.Step(argv, own.dir(), own.env())),
            new Launch.Output(launch.output().log(), true, false),
            rest,
            launch.memoryLimit(),
            launch.mark(),
            launch.stop(),
            null);
    ended = common.machines().runner().run(run, this::runs);
    synchronized (this) {
      command = null;
      if (ended.how() != How.EXITED && ended.how() != How.SIGNALED && stopped == null) {
        stopped = ended.how();
        stop.countDown();
      }
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

  private static void log(OutputStream log, String line) {
    try {
      log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void stop(How how, int signal) {
    stopped = stopped == null ? how : stopped;
    stop.countDown();
    if (command != null) {
      command.end(signal);
    }
    if (web != null) {
      web.close();
    }
  }

  @Override
  public void tick() {
    Download now = current;
    if (now != null) {
      now.tick();
    }
    synchronized (this) {
      if (limit != 0 && System.nanoTime() > limit && command == null) {
        stop(How.TIMEOUT, Kill.TERM);
      }
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
    if (failure != null && stopped == null) {
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
    for (FetchedFile file : Fetch.of(job).sources()) {
      RecordedProduct before = last == null ? null : last.product(file.path());
      for (RecordedProduct made : products.made()) {
        if (!made.path().equals(file.path()) || !file.sha256().isEmpty()) {
          continue;
        } else if (job.has(Trait.PERSIST)) {
          remember(downloads.get(file.path()), made);
        } else if (same && before != null && !made.digest().equals(before.digest())) {
          String line = "job %s: %s has other bytes than last time, sha256 %s → %s; add sha256";
          common
              .removal()
              .note()
              .accept(
                  line.formatted(
                      SafeText.name(job.name()),
                      SafeText.name(file.path()),
                      before.digest().hex(),
                      made.digest().hex()));
        }
      }
    }
  }

  private static void remember(Download download, RecordedProduct made) {
    try {
      download.remember(made.digest().hex());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long grace() {
    return 0;
  }

  @Override
  public void close() {
    stop(How.INTERRUPTED, Kill.KILL);
  }
}
