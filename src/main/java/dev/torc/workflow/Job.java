package dev.torc.workflow;

import dev.torc.posix.Stop;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * One job as the build file says it. Paths are relative to the root, normalized, with {@code /};
 * those outside the root are absolute. The graph finds out which file is whose product.
 *
 * @param traits what is true of it; most jobs have none
 */
public record Job(
    String name, Labels labels, Place place, Links links, Runs runs, Set<Trait> traits) {

  /**
   * What connects it with files and other jobs.
   *
   * @param needs in the order written; a named need is one item with all its paths
   * @param produces in the order written; only files, folders and globs occur
   * @param after names of jobs that must have succeeded first
   * @param tools programs whose contents count; a job that makes one is waited for
   * @param depfile path of the depfile the command writes, relative to the root; null without one
   * @param caching whether its results are stored for later, and restored
   */
  public record Links(
      List<Item> needs,
      List<Item> produces,
      List<Ref.OfJob> after,
      List<Tool> tools,
      String depfile,
      Caching caching) {}

  /**
   * How it is run.
   *
   * @param steps what runs, in order: one for {@code command}, several for {@code tasks}
   * @param executor the name of the executor that runs it; null for this machine
   * @param priority larger first
   * @param stop how it is ended; no part of the manifest
   */
  public record Runs(
      List<Step> steps,
      String executor,
      Resources resources,
      int priority,
      Retry retry,
      Stop stop) {}

  /**
   * What it is found and shown by beside its name.
   *
   * @param group the group that it is an instance of, null for a plain job
   * @param parameters the values of an instance by name, as written; empty for a plain job
   */
  public record Labels(
      List<String> tags, String description, String group, SortedMap<String, String> parameters) {}

  /**
   * Returns the depfile of its links: the parts that half of the code asks for have a short way.
   */
  public String depfile() {
    return links.depfile;
  }

  public String group() {
    return labels.group;
  }

  public SortedMap<String, String> parameters() {
    return labels.parameters;
  }

  /** Returns whether a trait is true of it. */
  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /**
   * Returns all that it needs, in written order, whatever items it stands in; images that are files
   * come last.
   */
  public List<Ref> needRefs() {
    List<Ref> refs = refs(links.needs);
    for (Step step : runs.steps) {
      if (step.image() != null && step.image().file() != null) {
        refs.add(step.image().file());
      }
    }
    return refs;
  }

  /** Returns the first slot of a name in the texts of its steps; null where there is none. */
  public Template.Part.Slot slot(String name) {
    for (Step step : runs.steps) {
      for (Template text : step.templates()) {
        Template.Part.Slot slot = text.slot(name);
        if (slot != null) {
          return slot;
        }
      }
    }
    return null;
  }

  /**
   * Returns whether it goes without a file that it names in {@code needs} if that does not exist.
   */
  public boolean isOptional(String path) {
    boolean optional = false;
    for (Ref ref : needRefs()) {
      if (ref instanceof Ref.OfFile file && file.path().equals(path)) {
        if (!file.optional()) {
          return false;
        }
        optional = true;
      }
    }
    return optional;
  }

  /** Returns all that it produces, in written order, whatever items it stands in. */
  public List<Ref> productRefs() {
    return refs(links.produces);
  }

  /**
   * Returns whether it is run for what it does, each time that it is named: it is manual and makes
   * nothing.
   */
  public boolean isAction() {
    return has(Trait.MANUAL) && links.produces.isEmpty();
  }

  /** Returns whether a run finds further needs, by a depfile or a trace. */
  public boolean finds() {
    return depfile() != null || has(Trait.TRACE);
  }

  public boolean runsInContainers() {
    return runs.steps.stream().anyMatch(step -> step.image() != null);
  }

  /** Returns the patterns of needs that begin with {@code !}: what they match is not needed. */
  public List<Glob> excludes() {
    return excludes(links.needs);
  }

  /** Returns the patterns of entries that begin with {@code !}. */
  public static List<Glob> excludes(List<Item> items) {
    List<Glob> excludes = new ArrayList<>(0);
    for (Ref ref : refs(items)) {
      if (ref instanceof Ref.Exclude exclude) {
        excludes.add(Glob.of(exclude.pattern()));
      }
    }
    return excludes;
  }

  private static List<Ref> refs(List<Item> items) {
    List<Ref> refs = new ArrayList<>(items.size());
    items.forEach(item -> refs.addAll(item.refs()));
    return refs;
  }

  /** Returns the command for people: one line for each task, placeholders as written. */
  public String command() {
    List<String> texts = new ArrayList<>();
    for (Step step : runs.steps) {
      StringJoiner words = new StringJoiner(" ");
      step.command().templates().forEach(word -> words.add(Template.shown(word.declared())));
      texts.add(words.toString());
    }
    return String.join("\n", texts);
  }

  /**
   * What can be true of a job; its key has the same name where no other says so. The order is that
   * of the bits in stored graphs: only append.
   */
  public enum Trait {
    /** The files that its processes read, as the kernel tells it, are needs. */
    TRACE,
    /** Files that it does not need are refused to it. */
    STRICT,
    /** Its products are not removed before it runs. */
    PERSIST,
    /** Only readers want its products: see {@code plan.Plan}. */
    TEMPORARY,
    /** Temporary products go once they were read: {@code engine.SpentProducts}. */
    DELETES,
    /** It runs with each build that wants it. */
    ALWAYS,
    /** It has the terminal to itself while it runs. */
    INTERACTIVE,
    /** It runs only when it is named or something that will be built needs it. */
    MANUAL,
    /** Its failure does not make the build fail. */
    ALLOW_FAILURE,
    /** All that it wrote is shown when it ends, also where it ended well. */
    SHOWS_OUTPUT
  }

  /**
   * What a job says about keeping its results for later. The code that uses the store knows what
   * else forbids it. The order is that of the codes in stored graphs: only append.
   */
  public enum Caching {
    /** It says nothing: kept if it makes something. */
    UNSAID,
    /** Kept even if it makes nothing. */
    ALWAYS,
    /** Never kept, and always made. */
    NEVER,
    /** Kept here, and neither sent to a shared store nor taken from one. */
    LOCAL
  }

  /**
   * When a failed attempt is repeated, and how.
   *
   * @param retries how many more attempts after the first; 0 for none
   * @param exitCodes statuses that allow a retry
   * @param on causes that allow a retry; with {@code exitCodes} empty too, any failure does
   * @param delay nanoseconds before the next attempt; it holds no resources meanwhile
   * @param growMemory factor for the memory of the next attempt, 1 for none
   * @param growRuntime factor for the time limit of the next attempt, 1 for none
   * @param recover command run by the job's shell before the next attempt, null for none
   */
  public record Retry(
      int retries,
      Set<Integer> exitCodes,
      Set<Cause> on,
      long delay,
      double growMemory,
      double growRuntime,
      Template recover) {

    /** A cause of failure that {@code retry.on} can name. */
    public enum Cause {
      TIMEOUT,
      MEMORY,
      SIGNAL
    }

    /** No retries. */
    public static final Retry NONE = new Retry(0, Set.of(), Set.of(), 0, 1, 1, null);
  }

  /**
   * A program that a job has in {@code tools}. Where it lies is found out elsewhere; its contents
   * count under its name.
   *
   * @param name as written; with a slash a path relative to the root
   * @param paths where it may be as far as the build file tells: the path in {@code name}, or a
   *     place in each folder that the job's own {@code PATH} names; normalized, in search order
   * @param search the job's own {@code PATH}, with slots for the caller's variables; null if the
   *     caller's {@code PATH} counts
   * @param dir the folder that the job runs in, to which folders of {@code PATH} are relative
   */
  public record Tool(Place place, String name, List<String> paths, Template search, String dir) {

    /** Returns whether its name is a path, so that it is not searched for. */
    public boolean isPath() {
      return name.indexOf('/') >= 0;
    }

    /** Returns the names of the caller's variables that decide where it is searched. */
    public List<String> variables() {
      List<String> names = new ArrayList<>();
      if (isPath()) {
        return names;
      }
      if (search == null) {
        names.add("PATH");
      } else {
        for (Template.Part part : search.parts()) {
          if (part instanceof Template.Part.Slot slot) {
            names.add(slot.member());
          }
        }
      }
      return names;
    }
  }

  /**
   * One entry of {@code needs} or {@code produces} as written.
   *
   * @param name the key in a map of names, null in a list
   * @param refs one item, or the list that stands under a name
   */
  public record Item(String name, Place place, List<Ref> refs) {

    /**
     * Returns whether the entry asks for files; one that only excludes, or asks for data, is not
     * counted by {@code {needs[0]}}.
     */
    public boolean isWanted() {
      for (Ref ref : refs) {
        if (!(ref instanceof Ref.Exclude) && !(ref instanceof Ref.OfData)) {
          return true;
        }
      }
      return refs.isEmpty();
    }
  }

  /**
   * What a job takes while it runs.
   *
   * @param askedCpus at least 1; 0 where none are declared
   * @param memory bytes; 0 where none is declared (no limit)
   * @param askedGpus at least 0, which hides all GPUs; -1 where none are declared
   * @param runtime limit in nanoseconds; 0 where none is declared
   * @param counters amounts of the counters that {@code limits} names
   * @param disk bytes, for Slurm only; 0 where none is declared
   * @param nodes for Slurm only; at least 1
   * @param place where they are written: in the job, a class or the defaults; {@link Place#NONE}
   *     for a job that says nothing
   */
  public record Resources(
      int askedCpus,
      long memory,
      int askedGpus,
      long runtime,
      SortedMap<String, Long> counters,
      long disk,
      int nodes,
      Place place) {

    /** Name of the resource that every job takes. */
    public static final String CPUS = "cpus";

    /** Name of the memory resource, in bytes. */
    public static final String MEMORY = "memory";

    /** Name of the GPU resource. */
    public static final String GPUS = "gpus";

    /** The resources that a machine has; all others are counters. */
    public static final Set<String> MACHINE = Set.of(CPUS, MEMORY, GPUS);

    /** The resources of a job that declares none. */
    public static final Resources DEFAULT =
        new Resources(0, 0, -1, 0, Collections.emptySortedMap(), 0, 1, Place.NONE);

    /** Returns how many cpus it takes; at least 1, whether any were declared or not. */
    public int cpus() {
      return Math.max(1, askedCpus);
    }

    /** Returns how many GPUs it takes; at least 0, whether any were declared or not. */
    public int gpus() {
      return Math.max(0, askedGpus);
    }

    /** Returns the amounts by resource, without those that are 0. */
    public Map<String, Long> amounts() {
      Map<String, Long> amounts = new TreeMap<>(counters);
      amounts.put(CPUS, (long) cpus());
      amounts.put(MEMORY, memory);
      amounts.put(GPUS, (long) gpus());
      amounts.values().removeIf(amount -> amount == 0);
      return amounts;
    }

    /**
     * Compares by hand each job that is read back; the JVM links a record's own anew at every
     * start.
     */
    @Override
    public boolean equals(Object other) {
      return other instanceof Resources that
          && askedCpus == that.askedCpus
          && memory == that.memory
          && askedGpus == that.askedGpus
          && runtime == that.runtime
          && counters.equals(that.counters)
          && disk == that.disk
          && nodes == that.nodes
          && place.line() == that.place.line()
          && place.column() == that.place.column()
          && place.file().equals(that.place.file());
    }

    @Override
    public int hashCode() {
      return Long.hashCode(memory ^ runtime) + askedCpus;
    }
  }
}
