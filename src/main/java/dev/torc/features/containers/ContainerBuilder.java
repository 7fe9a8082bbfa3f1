package dev.torc.features.containers;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.Walk;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.Event;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Workflow;
import dev.torc.core.queue.Granted;
import dev.torc.features.containers.ContainerRuntime.StepContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Describes the containers of an attempt: their names, and the files of this machine that they see.
 * {@link ContainerRuntime} knows the command lines of the runtimes.
 *
 * @param build the random id of this build
 * @param warned the warnings sent to {@code events} so far: each is sent once
 */
record ContainerBuilder(
    Containers containers,
    Workflow workflow,
    String build,
    Consumer<? super Event> events,
    Set<String> warned) {

  /** If one folder has more needed files than this, the folder is mounted instead of the files. */
  private static final int MANY = 100;

  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

  String name(Job job, int attempt) {
    return "torc-" + build + "-" + Digest.ofText(job.name()).hex().substring(0, 12) + "-" + attempt;
  }

  /**
   * Returns the part of a start mark by which a later torc finds a job's containers; empty if their
   * processes are found like all others.
   */
  String mark(Job job, int attempt) {
    String mark = "";
    for (Step step : job.runs().steps()) {
      if (step.image() != null) {
        ContainerRuntime runtime = runtime(step.image());
        mark = runtime.isApart() ? runtime.name() + "/" + name(job, attempt) : mark;
      }
    }
    return mark;
  }

  /** Returns the runtime of an image; throws {@link AttemptFailure} if none works. */
  ContainerRuntime runtime(Image image) {
    try {
      return containers.runtime(ImageSupply.name(image));
    } catch (Containers.NoRuntime e) {
      throw new AttemptFailure(e.getMessage());
    }
  }

  /**
   * Returns the container of a step; {@code number} counts the attempt's steps from 1.
   *
   * @param status the file in which the container writes its progress
   */
  StepContainer of(
      Job job,
      Image image,
      int number,
      Granted granted,
      Path status,
      List<StepContainer.BindMount> mounts) {
    SequencedMap<String, String> labels = new LinkedHashMap<>();
    labels.put(ContainerRuntime.BUILD_LABEL, build);
    labels.put("dev.torc.job", job.name());
    labels.put("dev.torc.root", workflow.root().toString());
    ContainerRuntime runtime = runtime(image);
    Containers.LocalImage here = containers.find(ImageSupply.name(image), runtime);
    if (here == null) {
      throw new AttemptFailure("image " + image.name() + " is not here anymore");
    }
    long cpus = job.runs().resources().askedCpus() > 0 ? granted.cpus() : 0;
    boolean limited = cpus > 0 || granted.memoryLimit() > 0;
    String remark = containers.remark(ImageSupply.name(image), runtime, limited);
    if (!remark.isEmpty() && warned.add(remark)) {
      events.accept(new Event.Note(Event.Level.WARNING, remark));
    }
    return new StepContainer(
        runtime,
        new StepContainer.ChosenImage(here, image.name(), image.args()),
        new StepContainer.Handle(name(job, granted.attempt()) + "-" + number, labels),
        mounts,
        new StepContainer.User(user(), groups()),
        new StepContainer.Limits(
            runtime.holdsLimits() ? cpus : 0,
            runtime.holdsLimits() ? granted.memoryLimit() : 0,
            granted.gpus()),
        status);
  }

  /**
   * Returns what a container sees of this machine.
   *
   * @param needs paths of all needs, relative to the root or absolute
   * @param status the file of the container's progress, beside the job's other files
   * @param root the root, or the folder that stands for it: then it is mounted instead
   */
  List<StepContainer.BindMount> mounts(
      Image image, Collection<String> needs, Path status, Path root) throws IOException {
    Set<Path> writable = new LinkedHashSet<>(List.of(workflow.root()));
    if (!root.equals(workflow.root())) {
      Path jobs = status.getParent();
      Path folders = jobs.resolveSibling("sandbox");
      writable = new LinkedHashSet<>(List.of(folders.resolve(folders.relativize(root).getName(0))));
      writable.add(jobs);
    }
    for (Path other : workflow.settings().roots()) {
      if (Files.isDirectory(other)) {
        writable.add(other);
        writable.add(other.toRealPath());
      }
    }
    List<StepContainer.BindMount> mounts = new ArrayList<>();
    writable.forEach(path -> mounts.add(new StepContainer.BindMount("" + path, "" + path, false)));
    for (Path path : outside(root, needs, writable)) {
      mounts.add(new StepContainer.BindMount("" + path, "" + path, true));
    }
    for (String volume : image.volumes()) {
      String[] parts = volume.split(":");
      mounts.add(new StepContainer.BindMount(parts[0], parts[1], parts.length > 2));
    }
    return mounts;
  }

  /** Returns the needed files outside all mounts, under each name on the way through symlinks. */
  private static Collection<Path> outside(Path root, Collection<String> needs, Set<Path> mounted)
      throws IOException {
    Set<Path> names = new LinkedHashSet<>();
    for (String need : needs) {
      follow(root.resolve(need).normalize(), names);
    }
    names.removeIf(name -> mounted.stream().anyMatch(name::startsWith));
    Map<Path, List<Path>> byFolder = new TreeMap<>();
    names.forEach(
        name -> byFolder.computeIfAbsent(name.getParent(), _ -> new ArrayList<>()).add(name));
    Set<Path> outside = new LinkedHashSet<>();
    byFolder.forEach(
        (folder, files) -> outside.addAll(files.size() > MANY ? Set.of(folder) : files));
    return outside;
  }

  /** Adds a path, if it exists, and each path to which the symlinks in it lead. */
  private static void follow(Path path, Set<Path> names) throws IOException {
    if (!Files.exists(path) || !names.add(path)) {
      return;
    }
    for (int n = 1; n <= path.getNameCount(); n++) {
      Path at = path.getRoot().resolve(path.subpath(0, n));
      if (Files.isSymbolicLink(at)) {
        Path target = Walk.to(at.getParent(), Files.readSymbolicLink(at).toString());
        follow(target.resolve(at.relativize(path)).normalize(), names);
        return;
      }
    }
  }

  /** Returns the caller's user and group; null outside Linux, where the runtime maps users. */
  private static String user() {
    return LINUX ? number(OwnUser.number()) + ":" + number(OwnUser.group()) : null;
  }

  /** Returns the caller's other groups; empty outside Linux, where the runtime maps users. */
  private static List<String> groups() {
    return LINUX ? OwnUser.groups().stream().map(ContainerBuilder::number).toList() : List.of();
  }

  private static String number(int number) {
    return Integer.toUnsignedString(number);
  }
}
