package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.run.AttemptFailure;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs an attempt of a job with {@code fetch}: downloads its products in this process, instead of
 * processes of a command, and moves them to their places when all are complete. A killed torc
 * leaves only temporary files, which are not believed.
 */
public final class FetchPart implements AttemptPart, Runner {

  private final AttemptContext common;
  private final Job job;
  private final Map<String, String> env;
  private WebClient web; // of the attempt that runs; guarded by this
  private Download current; // guarded by this
  private How stopped; // why it must end; guarded by this
  private long limit; // by System.nanoTime; 0 for none
  private volatile String failure; // null for none

  /** Prepares an attempt; {@code env} is the caller's environment. */
  public FetchPart(AttemptContext common, int id, Map<String, String> env) {
    this.common = common;
    this.job = common.graph().job(id);
    this.env = env;
  }

  @Override
  public Runner runner() {
    return this;
  }

  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    long began = System.nanoTime();
    limit = launch.timeLimit() == 0 ? 0 : began + launch.timeLimit();
    Thread.ofPlatform()
        .daemon()
        .name("torc-fetch")
        .start(
            () -> {
              How how = attempt(launch);
              int code = failure == null ? 0 : 1;
              long wall = System.nanoTime() - began;
              done.accept(
                  new ProcessEnd(how, how == How.EXITED ? code : 0, wall, Usage.UNKNOWN, ""));
            });
    return _ -> stop(How.INTERRUPTED);
  }

  /** Fetches all files; returns how it ended. Everything that fails is the job's failure. */
  private How attempt(Launch launch) {
    try {
      fetch(launch.output());
    } catch (AttemptFailure e) {
      failure = e.getMessage();
    } catch (IOException e) {
      failure = Refusal.line(e);
    } catch (UncheckedIOException e) {
      failure = Refusal.line(e.getCause());
    } catch (RuntimeException | Error e) {
      failure = "fault of torc: " + e;
    }
    synchronized (this) {
      current = null;
      return stopped == null ? How.EXITED : stopped;
    }
  }

  private void fetch(Launch.Output output) throws IOException {
    OwnFile.prepare(output.log());
    try (OutputStream log =
            OwnFile.out(
                output.log(),
                StandardOpenOption.CREATE,
                output.append()
                    ? StandardOpenOption.APPEND
                    : StandardOpenOption.TRUNCATE_EXISTING);
        WebClient client = begin()) {
      Map<Path, Path> parts = new LinkedHashMap<>(); // by product
      for (FetchedFile source : Fetch.of(job).sources()) {
        Path product = common.graph().workflow().root().resolve(source.path());
        Path part = place(product);
        next(new Download(source, part, boot(), client, line -> log(log, line)));
        parts.put(product, part);
      }
      for (Map.Entry<Path, Path> each : parts.entrySet()) {
        Files.move(each.getValue(), each.getKey(), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private synchronized WebClient begin() {
    web = new WebClient(env);
    return web;
  }

  private void next(Download download) throws IOException {
    synchronized (this) {
      current = download;
      if (stopped != null) {
        throw new AttemptFailure("stopped");
      }
    }
    download.run();
  }

  /** Returns the temporary place of a product: on its file system, so that a rename is enough. */
  private Path place(Path product) throws IOException {
    CachePlace cache = common.launches().place();
    Path folder = cache.folder().resolve("fetch");
    cache.makeFolder(folder);
    FileStatus there = FileStatus.of(product.getParent().toString(), true);
    boolean near = there.device() == FileStatus.of(folder.toString(), true).device();
    String name = Digest.ofText(product.toString()).hex().substring(0, 32);
    return near ? folder.resolve(name) : product.resolveSibling(".torc-fetch-" + name);
  }

  private String boot() {
    return common.machines().here().boot();
  }

  private static void log(OutputStream log, String line) {
    try {
      log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void stop(How how) {
    stopped = stopped == null ? how : stopped;
    if (current != null) {
      current.stop();
    }
    if (web != null) {
      web.close();
    }
  }

  @Override
  public synchronized void tick() {
    if (limit != 0 && System.nanoTime() > limit) {
      stop(How.TIMEOUT);
    } else if (current != null) {
      current.tick();
    }
  }

  /** Fails the attempt with what was wrong, in place of an exit status. */
  @Override
  public void read() {
    if (failure != null && stopped == null) {
      throw new AttemptFailure(failure);
    }
  }

  @Override
  public long grace() {
    return 0;
  }

  @Override
  public void close() {
    stop(How.INTERRUPTED);
  }
}
