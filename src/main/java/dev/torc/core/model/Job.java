package dev.torc.core.model;

import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Stop;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One job as the build file describes it. Paths are relative to the root, normalized, with {@code
 * /}; paths outside the root are absolute. The graph finds the makers of files.
 *
 * @param extras the keys of features
 */
public record Job(
    String name,
    Labels labels,
    Place place,
    Links links,
    Runs runs,
    Set<Trait> traits,
    SortedMap<String, Extra> extras) {

  /**
   * The connections of a job with files and other jobs, each list in the order written. Only files,
   * folders and globs occur in {@code produces}. The depfile is relative to the root, null for
   * none.
   */
  public record Links(
      List<Item> needs,
      List<Item> produces,
      List<Ref.OfJob> after,
      List<Tool> tools,
      String depfile,
      Caching caching) {}

  /**
   * How a job runs. A larger priority starts first; {@code stop} is not part of the manifest. An
   * exit status in {@code skip} means that there is nothing to do.
   *
   * @param executors by attempt, the last one stays; empty if all attempts run on this machine
   */
  public record Runs(
      List<Step> steps,
      List<String> executors,
      Resources resources,
      int priority,
      Retry retry,
      Stop stop,
      SortedSet<Integer> skip) {

    /** Returns the executor of the first attempt; null for this machine. */
    public String executor() {
      return executor(executors, 1);
    }

    /** Returns the executor of an attempt, numbered from 1; null for this machine. */
    public static String executor(List<String> executors, int attempt) {
      if (executors.isEmpty()) {
        return null;
      }
      String name = executors.get(Math.min(attempt, executors.size()) - 1);
      return name.equals(Workflow.Executor.LOCAL) ? null : name;
    }

    /** Returns whether some attempt may run on this machine. */
    public boolean mayStay() {
      return executors.isEmpty() || executors.contains(Workflow.Executor.LOCAL);
    }
  }

  /**
   * How a job is found and shown; the group is null for a job without parameters. Some parameters
   * may be missing in the instance's name.
   */
  public record Labels(
      List<String> tags, String description, String group, SortedMap<String, String> parameters) {}

  public String depfile() {
    return links.depfile;
  }

  public String group() {
    return labels.group;
  }

  public SortedMap<String, String> parameters() {
    return labels.parameters;
  }

  /** Returns the parameters that name the instance, with their values. */
  public SortedMap<String, String> namedBy() {
    return group() == null
        ? parameters()
        : InstanceName.parse("g" + name.substring(group().length())).values();
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /**
   * Returns the refs of all needs in written order; images that are files and the files of the
   * surroundings come last.
   */
  public List<Ref> needRefs() {
    List<Ref> refs = refs(links.needs);
    for (Step step : runs.steps) {
      if (step.image() != null && step.image().file() != null) {
        refs.add(step.image().file());
      }
    }
    Surroundings in = surroundings();
    if (in != null) {
      in.files().forEach(path -> refs.add(new Ref.OfFile(place, path)));
    }
    return refs;
  }

  /** Returns what the job runs in, or makes for others; null for what the caller has. */
  public Surroundings surroundings() {
    for (Extra extra : extras.values()) {
      if (extra.effect().equals(Extra.SURROUNDS)) {
        return Surroundings.of(extra.text());
      }
    }
    return null;
  }

  /** Returns what the job carries for a feature; null for nothing. */
  public Template extra(String key) {
    Extra extra = extras.get(key);
    return extra == null ? null : extra.text();
  }

  /** Returns the first slot with this name in the job's steps; null for none. */
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

  /** Returns whether the job can run if {@code path}, a direct need, is missing. */
  public boolean isOptional(String path) {
    return areOptional(ref -> ref instanceof Ref.OfFile file && file.path().equals(path));
  }

  /** Returns whether the job can run without some needs, of which there is at least one. */
  public boolean areOptional(Predicate<Ref> some) {
    List<Ref> refs = needRefs();
    refs.removeIf(some.negate());
    return !refs.isEmpty() && refs.stream().allMatch(Ref::optional);
  }

  /** Returns the items of its products that have a name. */
  public List<Item> products(String name) {
    return links.produces.stream().filter(item -> name.equals(item.name())).toList();
  }

  /** Returns the message that no product of the job has a name. */
  public String withoutProduct(String wrong) {
    List<String> names =
        links.produces.stream().map(Item::name).filter(Objects::nonNull).distinct().toList();
    return "job %s has no product named %s; %s"
        .formatted(
            group() == null ? name : group(),
            wrong,
            names.isEmpty()
                ? "name them in its produces: {" + wrong + ": PATH}"
                : "it has " + SafeText.names(names, 10));
  }

  /** Returns whether a path is, or lies in, a product that may be missing. */
  public boolean mayLack(String path) {
    return productRefs().stream()
        .anyMatch(ref -> ref instanceof Ref.OfMany many && ref.optional() && many.holds(path));
  }

  public List<Ref> productRefs() {
    return refs(links.produces);
  }

  /** Returns whether the job runs only for its effect: it is manual and produces nothing. */
  public boolean isAction() {
    return has(Trait.MANUAL) && links.produces.isEmpty();
  }

  /** Returns whether a run finds additional needs, by a depfile or a trace. */
  public boolean finds() {
    return depfile() != null || has(Trait.TRACE);
  }

  /**
   * Returns whether the build file allows storing the job's results. A run without products and
   * values has no result, but this is known only after the run.
   */
  public boolean mayStore() {
    return !has(Trait.ALWAYS)
        && !has(Trait.PERSIST)
        && !has(Trait.INTERACTIVE)
        && links.caching != Caching.NEVER;
  }

  public boolean runsInContainers() {
    return runs.steps.stream().anyMatch(step -> step.image() != null);
  }

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

  /** Returns the refs of some items, in a list that the caller may change. */
  public static List<Ref> refs(List<Item> items) {
    List<Ref> refs = new ArrayList<>(items.size());
    items.forEach(item -> refs.addAll(item.refs()));
    return refs;
  }

  /** Returns the command for display: one line for each task, placeholders as written. */
  public String command() {
    List<String> texts = new ArrayList<>();
    for (Step step : runs.steps) {
      StringJoiner words = new StringJoiner(" ");
      step.command().templates().forEach(word -> words.add(Template.shown(word.declared())));
      texts.add(words.toString());
    }
    return String.join("\n", texts);
  }

  /** Flags of a job. Stored graphs contain them as bits in this order, so only append. */
  public enum Trait {
    /** Files that the job's processes read, as the kernel reports them, are needs. */
    TRACE,
    /** The job cannot open files that it does not need. */
    STRICT,
    /** The job's products are not removed before it runs. */
    PERSIST,
    /** The job's products are wanted only for their readers: see {@code plan.Temporaries}. */
    TEMPORARY,
    /** Temporary products are removed after they were read: see {@code temporary.SpentProducts}. */
    DELETES,
    ALWAYS,
    /** The job has the terminal to itself while it runs. */
    INTERACTIVE,
    MANUAL,
    ALLOW_FAILURE,
    SHOWS_OUTPUT,
    LIVE_OUTPUT,
    /** The job keeps its products, by {@link #PERSIST}, only after a run that did not end well. */
    RESUMES,
    /** The folder in which the job runs is made if it is missing. */
    MAKES_FOLDER;

    /** Returns the key of the build file that sets the flag, if a key alone does. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether a job's results are stored. Stored graphs contain the ordinals, so only append. */
  public enum Caching {
    /** Not specified: stored if the job produces something. */
    UNSAID,
    /** Stored even if the job produces nothing. */
    ALWAYS,
    /** Never stored and never restored. */
    NEVER,
    /** Stored locally, but neither sent to a shared store nor taken from one. */
    LOCAL
  }

  /**
   * When a failed attempt is repeated, and how. If {@code exitCodes} and {@code on} are both empty,
   * any failure leads to another attempt. During the {@code delay} (nanoseconds) the job holds no
   * resources. A growth factor of 1 changes nothing; {@code recover}, null for none, runs before
   * the next attempt.
   */
  public record Retry(
      int retries,
      Set<Integer> exitCodes,
      Set<Cause> on,
      long delay,
      double growMemory,
      double growRuntime,
      Template recover) {

    public enum Cause {
      TIMEOUT,
      MEMORY,
      SIGNAL
    }

    public static final Retry NONE = new Retry(0, Set.of(), Set.of(), 0, 1, 1, null);

    /**
     * Returns whether a failed attempt is repeated. {@code cause} is null for an exit status, and
     * {@code code} is that status or the signal. Each cause counts as its exit status in a shell,
     * too: other tools tell such failures by 137 and 143 alone.
     */
    public boolean covers(Cause cause, int code) {
      int status =
          switch (cause) {
            case null -> code;
            case SIGNAL -> 128 + code;
            case TIMEOUT -> 128 + Kill.TERM;
            case MEMORY -> 128 + Kill.KILL;
          };
      return exitCodes.isEmpty() && on.isEmpty()
          || exitCodes.contains(status)
          || cause != null && on.contains(cause);
    }
  }

  /**
   * A program in {@code tools}. A manifest lists the program's contents under this name; another
   * class finds the file.
   *
   * @param paths the places where it may be, normalized, in search order
   * @param search the job's own {@code PATH}, with slots; null for the caller's {@code PATH}
   * @param dir the working directory, to which folders of {@code PATH} are relative
   */
  public record Tool(Place place, String name, List<String> paths, Template search, String dir) {

    /** Returns whether the tool's name is a path, so that it is not searched for. */
    public boolean isPath() {
      return name.indexOf('/') >= 0;
    }

    /** Returns the caller's environment variables that decide where the tool is searched for. */
    public List<String> variables() {
      if (isPath()) {
        return List.of();
      }
      return search == null
          ? List.of("PATH")
          : search.slots().map(Template.Part.Slot::member).toList();
    }
  }

  /**
   * One entry of {@code needs} or {@code produces}; the name is null if these are lists, and {@link
   * #ADDED} for one of {@code defaults} beside needs of the job itself.
   */
  public record Item(String name, Place place, List<Ref> refs) {

    public static final String ADDED = "";

    /** Begins the name of an added entry that has a placeholder of its own. */
    public static final String GIVEN = ":";

    public boolean isAdded() {
      return name != null && (name.isEmpty() || name.startsWith(GIVEN));
    }

    /** Returns whether placeholders and {@code TORC_NEEDS} can name the entry. */
    public boolean isNamed() {
      return name != null && !isAdded();
    }

    /** Returns whether the entry asks for files; {@code {needs[0]}} counts only such entries. */
    public boolean isWanted() {
      if (isAdded()) {
        return false;
      }
      for (Ref ref : refs) {
        if (!(ref instanceof Ref.Exclude) && !(ref instanceof Ref.OfData)) {
          return true;
        }
      }
      return refs.isEmpty();
    }
  }

  /**
   * What a job uses while it runs; 0 means undeclared. Memory and disk are in bytes, {@code
   * runtime} is a limit in nanoseconds. Disk and nodes are for Slurm only.
   *
   * @param askedGpus in units of {@link #GPU}, less than one for a share; 0 hides all GPUs; -1 if
   *     undeclared
   * @param place where they are declared: in the job, a class or the defaults; {@link Place#NONE}
   *     if nothing is declared
   */
  public record Resources(
      int askedCpus,
      long memory,
      long askedGpus,
      long runtime,
      SortedMap<String, Long> counters,
      long disk,
      int nodes,
      Place place) {

    public static final String CPUS = "cpus";

    public static final String MEMORY = "memory";

    public static final String GPUS = "gpus";

    /**
     * The limit that says how many shares each GPU of this machine has. No counter has its name.
     */
    public static final String GPU_SHARES = "gpus each";

    /** One whole GPU. */
    public static final long GPU = 1_000_000;

    /** The resources that a machine has; all others are counters. */
    public static final Set<String> MACHINE = Set.of(CPUS, MEMORY, GPUS);

    /** Asked by a job that takes no cpu at all. */
    public static final int NO_CPU = -1;

    public static final Resources DEFAULT =
        new Resources(0, 0, -1, 0, Collections.emptySortedMap(), 0, 1, Place.NONE);

    public int cpus() {
      return askedCpus == NO_CPU ? 0 : Math.max(1, askedCpus);
    }

    /** Returns how many GPUs the job sees; one for a share. */
    public int gpus() {
      return (int) Math.ceilDiv(Math.max(0, askedGpus), GPU);
    }

    /** Returns the part of one GPU that the job asks for; 0 if it asks for whole ones or none. */
    public long gpuShare() {
      return Math.max(0, askedGpus) % GPU;
    }

    /** Returns how many of the {@code each} shares of a GPU contain this part of it. */
    public static long shares(long part, long each) {
      return Math.ceilDiv(part * each, GPU);
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

    /** Compares all components. A generated equals would slow down each start of the JVM. */
    boolean isLike(Resources that) {
      return askedCpus == that.askedCpus
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
  }
}
