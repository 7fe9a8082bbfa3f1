package dev.torc.core.attempt;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.queue.Amounts;
import dev.torc.core.queue.Granted;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What the processes of an attempt get: folder, variables, files, secrets and container. It is made
 * in this one way for a run ({@link RunAttempt}) and for processes beside a build ({@link
 * #beside}), which nothing records. It starts nothing.
 */
public final class AttemptLaunch {

  private final AttemptContext common;
  private final int id;
  private final Job job;
  final List<AttemptPart> parts;

  AttemptLaunch(AttemptContext common, int id, List<AttemptPart> parts) {
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.parts = parts;
  }

  /**
   * Returns the launch of a first attempt at a job for processes that no build runs, without limits
   * of time and memory.
   *
   * @param amounts what the attempt may be granted
   * @param other replaces the commands of the steps one for one, given the launch and its commands
   *     as people read them
   * @param runner fetches images
   * @throws AttemptFailure if something is missing that an attempt needs
   */
  public static Launch beside(
      AttemptContext common,
      int id,
      Amounts amounts,
      BiFunction<Launch, String, Launch> other,
      Function<Launch, ProcessEnd> runner)
      throws IOException {
    Job job = common.graph().job(id);
    List<Reason> forced = List.of(Reason.of(Reason.Kind.FORCED));
    JobAttempts attempts = new JobAttempts(job, forced, null, amounts);
    List<AttemptPart> parts = new ArrayList<>(common.parts().parts(common, id, attempts));
    parts.removeIf(part -> !part.surrounds());
    AttemptLaunch launch = new AttemptLaunch(common, id, parts);
    if (job.runsInContainers()) {
      common.launches().containers.ready(job, 1, runner);
    }
    NeedSnapshot snapshot = common.contents().snapshot(id);
    if (snapshot.lack() != null) {
      throw new AttemptFailure(snapshot.lack());
    }
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfData value && !snapshot.data().containsKey(value.written())) {
        throw new AttemptFailure(
            value.written() + " has no value yet; build the job that stores it");
      }
    }
    launch.prepare(snapshot);
    if (launch.root() == null) {
      common.removal().refuseOutside(job, List.of());
      launch.makeFolders(attempts.named() == null);
    }
    int asked = job.runs().resources().gpus();
    List<String> gpus = IntStream.range(0, asked).mapToObj(amounts::gpu).toList();
    Launch made = launch.of(snapshot, attempts.granted(gpus), 0, Reason.told(forced, 1, false));
    return launch.begin(other.apply(made, LaunchBuilder.shown(made, job)), snapshot, null);
  }

  /** Prepares all parts, before anything is cleared. */
  void prepare(NeedSnapshot snapshot) throws IOException {
    for (AttemptPart part : parts) {
      part.prepare(snapshot);
    }
  }

  /** Returns the folder in which the attempt runs instead of the root; null for the root. */
  JobRoot root() {
    return parts.stream().map(AttemptPart::root).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /** Returns the launch before any part has changed it. */
  Launch of(NeedSnapshot snapshot, Granted granted, long timeLimit, String why) throws IOException {
    LaunchBuilder launches = common.launches();
    return launches.of(common.graph(), id, snapshot, granted, timeLimit, why, root());
  }

  /** Returns the launch to start; {@code begin} is null if no part needs a stamp of the start. */
  Launch begin(Launch made, NeedSnapshot snapshot, Stamp begin) throws IOException {
    Launch launch = made;
    for (AttemptPart part : parts) {
      launch = part.begin(launch, snapshot, begin);
    }
    return launch;
  }

  /**
   * Makes the products' folders. For a job that is not {@code here}, makes only those of globs,
   * because the batch script makes the rest on its node.
   */
  void makeFolders(boolean here) throws IOException {
    Path root = common.graph().workflow().root();
    for (Ref ref : job.productRefs()) {
      if (here || ref instanceof Ref.OfGlob) {
        makeFolder(root.resolve(ProductScan.folder(ref)));
      }
    }
    for (Step step : job.has(Trait.MAKES_FOLDER) ? job.runs().steps() : List.<Step>of()) {
      makeFolder(root.resolve(step.dir()));
    }
    if (job.depfile() != null && here) {
      makeFolder(root.resolve(UserPaths.parent(job.depfile())));
    }
  }

  /** Makes a folder if it is missing. Checks first, because it nearly always exists. */
  void makeFolder(Path folder) throws IOException {
    if (common.digests().stamp(folder.toString()).kind() != FileKind.FOLDER) {
      CachePlace place = common.launches().place();
      try {
        place.makeFolders(folder);
      } catch (FileSystemException e) {
        Path at = folder;
        while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
          at = at.getParent();
        }
        if (Files.isDirectory(at)) {
          throw e;
        }
        throw new AttemptFailure(
            "cannot make folder %s: %s is not a folder; move it away"
                .formatted(MovesAside.shown(place, folder), MovesAside.shown(place, at)));
      }
    }
  }
}
