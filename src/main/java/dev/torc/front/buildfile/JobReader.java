package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.Amount;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Retry;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.Feature;
import dev.torc.features.clusters.ExecutorReader;
import dev.torc.features.containers.ImageReader;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.Fetchers;
import dev.torc.features.groups.InstanceReader;
import dev.torc.features.intents.Intents;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import dev.torc.features.when.WhenReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Reads the map of one job: lays {@code defaults} under it, replaces resource classes and
 * placeholders, and normalizes paths. {@link StepReader} reads what the job runs, {@link
 * ItemReader} reads its needs and products, and {@link JobEntryReader} distinguishes jobs from
 * groups. This class uses neither other jobs nor the disk.
 */
final class JobReader implements InstanceReader {

  /** The keys whose maps are joined with those of {@code defaults}, key by key. */
  private static final Set<String> JOINED =
      Set.of("env", "resources", "retry", "stop", "container");

  private static final List<String> TEMPORARY = List.of("true", "false", "delete");

  private static final List<String> PERSIST = List.of("true", "false", "resume");

  private static final List<String> CACHING = List.of("true", "false", "local");

  private static final List<String> OUTPUT = List.of("failure", "always", "live", "raw");

  private final JobSettings common;
  private final Node.Mapping defaults;
  private final ResourceReader resources;
  private final ItemReader items;
  private final ImageReader images;
  private final StepReader steps;
  private final Problems problems;

  JobReader(JobSettings common, Problems problems) {
    Node.Mapping top = common.top();
    this.common = common;
    this.defaults =
        common.env().joined(MapFields.map(top.get("defaults"), "defaults", problems), problems);
    Node.Mapping classes = MapFields.map(top.get("resources"), "resources", problems);
    this.resources = new ResourceReader(classes, common.known().counters(), problems);
    this.items = new ItemReader(common.paths(), common.known().given(), problems);
    this.images = new ImageReader(top, common.paths(), problems, common.over().containers());
    this.steps = new StepReader(top, common.paths(), images, common.env(), problems);
    this.problems = problems;
  }

  /**
   * Reads {@code defaults} and the resource classes, so that their errors are reported even if no
   * job uses them. A value that depends on a parameter is not checked, because only a job has the
   * parameter.
   */
  void checkShared() {
    Scope scope = new Scope(common.vars(), Scope.UNKNOWN, "x", null, null, problems);
    new MapFields(defaults, scope, problems).only(JobFeatures.DEFAULTS, "defaults");
    images.check(scope);
    if (common.top().get("fetchers") != null) {
      Fetchers.of(common.top(), common.vars(), shell(), problems).check(problems);
    }
    Problems own = new Problems();
    new ResourceReader(resources.classes(), resources.counters(), own).check(scope);
    own.found().stream()
        .filter(problem -> problem.message().indexOf(Scope.ANY) < 0)
        .forEach(problem -> problems.add(problem.place(), problem.message()));
  }

  @Override
  public Vars vars() {
    return common.vars();
  }

  /** Returns the jobs that make environments, by the names that these jobs use. */
  Map<String, Job> environments() {
    return common.known().environments();
  }

  @Override
  public JobReader withProblems(Problems problems) {
    return new JobReader(common, problems);
  }

  @Override
  public Job read(String key, String name, Entry entry, Instance instance) {
    if (!isLeftOut(name, entry, instance)) {
      return readAll(key, name, entry, instance);
    }
    // Of a job whose condition does not hold, only the keys are checked.
    Problems own = new Problems();
    JobReader reader = withProblems(own);
    Job read;
    try {
      read = reader.readAll(key, name, entry, instance);
    } catch (BadInput e) {
      SequencedMap<String, Entry> bare = new LinkedHashMap<>();
      Node.Mapping map = MapFields.map(entry.value(), name, own);
      map.entries().entrySet().stream()
          .filter(each -> each.getKey().equals(WhenReader.KEY))
          .forEach(each -> bare.put(each.getKey(), each.getValue()));
      Entry only = new Entry(entry.place(), new Node.Mapping(map.place(), bare));
      read = reader.readAll(key, name, only, instance);
    }
    own.ofKeys().forEach(each -> problems.addKey(each.place(), each.message(), each.place()));
    return read;
  }

  /** Returns whether the condition of a job is valid and does not hold. */
  private boolean isLeftOut(String name, Entry entry, Instance instance) {
    Problems none = new Problems();
    Node own = MapFields.map(entry.value(), name, none).get(WhenReader.KEY);
    Node when = own == null ? defaults.get(WhenReader.KEY) : own;
    try {
      return when != null
          && common.when().lack(when, scope(name, instance, none)) != null
          && none.isEmpty();
    } catch (BadInput e) {
      return false;
    }
  }

  private Scope scope(String name, Instance instance, Problems problems) {
    String inside = common.vars().home().inside(instance == null ? name : instance.name());
    return instance == null
        ? new Scope(common.vars(), inside, problems)
        : new Scope(common.vars(), instance.row(), inside, null, null, problems);
  }

  private Job readAll(String key, String name, Entry entry, Instance instance) {
    String where = "the job " + name;
    Node.Mapping own = common.env().joined(MapFields.map(entry.value(), where, problems), problems);
    Scope scope = scope(name, instance, problems);
    new MapFields(own, scope, problems).only(JobFeatures.JOB, where);
    MapFields job = new MapFields(withDefaults(own, scope, name), scope, problems);

    List<Item> needs = withOthers(needs(own, job, name), key, instance);
    List<Item> produces = items.items(job, "produces", false);
    items.refuseOwn(name, needs, produces);
    MapFields full = new MapFields(job.map(), scope.with(needs, produces), problems);
    List<String> shell = steps.shell(full);
    String dir = steps.dir(job, common.paths().folder());
    SortedMap<String, Optional<Template>> env = steps.env(full);
    boolean fetches = job.map().get(Fetch.KEY) != null;
    List<Step> run = fetches ? List.of() : steps.steps(full, name, entry.place(), shell, dir, env);
    Retry retry =
        RetryReader.read(full, own, problems, text -> steps.shellText(text, full.scope(), shell));
    List<String> executors = executors(job, own.get("executor") != null);
    Resources asked = resources.of(job.map().get("resources"), scope);
    if (asked.disk() > 0 && executors.isEmpty()) {
      problems.warn(
          asked.place(),
          "disk is for schedulers and not counted here; to count it, write limits: {scratch: 100GB}"
              + " and resources: {scratch: 20GB}");
    }
    if (asked.gpuShare() > 0) {
      String whole = ExecutorReader.wholeGpu(executors, common.known().executors(), common.top());
      if (whole != null) {
        problems.warn(asked.place(), Amount.gpus(asked.askedGpus()) + whole);
      }
    }
    String depfile =
        job.read("depfile", null, node -> common.paths().below(dir, job.scope().literalPath(node)));
    Job read =
        new Job(
            instance == null ? name : instance.name(),
            new Job.Labels(
                job.texts("tags"),
                job.text("description", ""),
                instance == null ? null : name,
                instance == null ? Collections.emptySortedMap() : instance.all()),
            entry.place(),
            new Job.Links(
                withData(needs, run, retry),
                produces,
                items.after(job),
                steps.tools(full, dir, env, run),
                depfile,
                caching(job)),
            new Job.Runs(
                run,
                executors,
                asked,
                (int) job.whole("priority", 0, Integer.MIN_VALUE, Integer.MAX_VALUE),
                retry,
                StepReader.stop(job),
                RetryReader.skip(full)),
            traits(job, entry.place()),
            Collections.emptySortedMap());
    Job whole = withStandIn(withFeatures(full, shell, read));
    return Intents.frozen(whole, common.over().called().frozen().reason(whole), problems);
  }

  /** Returns a job with what its keys say that features know. */
  private Job withFeatures(MapFields job, List<String> shell, Job read) {
    Feature.Keys keys =
        new Feature.Keys(
            job,
            shell,
            text -> steps.shellText(text, job.scope(), shell),
            common.reading(defaults));
    Job whole = read;
    for (String key : JobFeatures.KEYS) {
      // A job asks for a feature by a key, or, if it has none, by a placeholder.
      boolean has = JobFeatures.JOB.contains(key) ? keys.has(key) : read.slot(key) != null;
      if (has || keys.of().called().contains(key)) {
        whole = JobFeatures.of(key).read(key, keys, whole);
      }
    }
    return whole;
  }

  /** Adds a need that is missing if the job needs a value that is not given. */
  private Job withStandIn(Job read) {
    String variable = common.vars().unset().isEmpty() ? null : Vars.lacking(read.toString());
    String standIn =
        variable == null
            ? GivenKeys.standIn(read, common.over().defines().keySet())
            : Vars.standIn(variable);
    if (standIn == null) {
      return read;
    }
    Ref missing = new Ref.OfFile(read.place(), standIn); // so it is an error if it is selected
    List<Item> needs = List.of(new Item(null, read.place(), List.of(missing)));
    return LinkedJob.with(read, with(read.links().needs(), needs), read.links().after());
  }

  private static Job.Caching caching(MapFields job) {
    return switch (job.choice("cache", "", CACHING)) {
      case "true" -> Job.Caching.ALWAYS;
      case "false" -> Job.Caching.NEVER;
      case "local" -> Job.Caching.LOCAL;
      default -> Job.Caching.UNSAID;
    };
  }

  private Set<Trait> traits(MapFields job, Place place) {
    String temporary = job.choice("temporary", "false", TEMPORARY);
    String persist = job.choice("persist", "false", PERSIST);
    String output = output(job);
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    for (Trait trait : Trait.values()) {
      if (switch (trait) {
        case PERSIST -> !persist.equals("false");
        case RESUMES -> persist.equals("resume");
        case TEMPORARY -> !temporary.equals("false");
        case DELETES -> temporary.equals("delete");
        case SHOWS_OUTPUT -> output.equals("always");
        case LIVE_OUTPUT -> output.equals("live");
        case MAKES_FOLDER -> job.map().get("dir") == null && common.isElsewhere(place);
        default -> job.flag(trait.key());
      }) {
        traits.add(trait);
      }
    }
    return traits;
  }

  /**
   * Returns when the job's output is shown. Reports an {@code output} that names products, as in
   * other tools.
   */
  private String output(MapFields job) {
    Node node = job.map().get("output");
    if (node instanceof Node.Mapping
        || node instanceof Node.Sequence
        || node instanceof Node.Scalar text && text.text().matches(".*[./*].*")) {
      problems.add(
          node.place(),
          "output is failure, always, live or raw: when it is shown; did you mean produces?");
      return "";
    }
    return job.choice("output", "failure", OUTPUT);
  }

  /**
   * Returns the executors of a job by attempt; none for this machine, where interactive jobs always
   * run. {@code --on} does not replace executors that the job itself names, but {@code --on local}
   * does.
   */
  private List<String> executors(MapFields job, boolean named) {
    List<String> own = ExecutorReader.ofJob(job, common.known().executors());
    String on = common.over().executor();
    boolean here = job.flag("interactive") || Executor.LOCAL.equals(on);
    return here ? List.of() : on == null || named ? own : List.of(on);
  }

  /**
   * Returns the needs as written, then those that {@code dependencies} adds, then the files of an
   * instance.
   */
  private List<Item> withOthers(List<Item> written, String key, Instance instance) {
    List<Item> ofParents = common.parents().getOrDefault(key, List.of());
    if (ofParents.isEmpty() && instance == null) {
      return written;
    }
    List<Item> needs = new ArrayList<>(written);
    needs.addAll(ofParents);
    if (instance != null) {
      refuseExcluded(written, instance);
      instance.files().stream().filter(file -> !isAmong(file, needs)).forEach(needs::add);
    }
    return List.copyOf(needs);
  }

  /** Refuses a {@code !} in the needs that excludes a file from which the instance comes. */
  private void refuseExcluded(List<Item> written, Instance instance) {
    for (Item item : instance.files().isEmpty() ? List.<Item>of() : written) {
      for (Ref ref : item.refs()) {
        for (Item file : ref instanceof Ref.Exclude ? instance.files() : List.<Item>of()) {
          String path = ((Ref.OfFile) file.refs().getFirst()).path();
          if (Glob.of(((Ref.Exclude) ref).pattern()).excludes(path)) {
            String line =
                "this excludes %s, from which an instance comes; write the ! in its match or glob";
            problems.add(ref.place(), line.formatted(path));
          }
        }
      }
    }
  }

  /** Returns the needs, plus a need for each data value that a placeholder uses. */
  private static List<Item> withData(List<Item> needs, List<Step> steps, Retry retry) {
    SequencedMap<String, Item> values = new LinkedHashMap<>();
    for (Step step : steps) {
      for (Template text : step.templates()) {
        values(text, values);
      }
    }
    if (retry.recover() != null) {
      values(retry.recover(), values);
    }
    for (Item item : needs) {
      for (Ref ref : item.refs()) {
        if (ref instanceof Ref.OfData data && data.skips()) {
          values.remove(data.written()); // that need also says failed: skip
        }
      }
    }
    return with(needs, values.values());
  }

  private static void values(Template text, Map<String, Item> into) {
    for (Template.Part part : text.parts()) {
      if (part instanceof Template.Part.Slot slot
          && slot.name().equals("data")
          && !into.containsKey(slot.member())) {
        Ref ref = Ref.OfData.of(slot.place(), slot.member(), false);
        into.put(slot.member(), new Item(null, slot.place(), List.of(ref)));
      }
    }
  }

  private static boolean isAmong(Item file, List<Item> needs) {
    String path = ((Ref.OfFile) file.refs().getFirst()).path();
    return needs.stream()
        .flatMap(item -> item.refs().stream())
        .anyMatch(ref -> ref instanceof Ref.OfFile other && other.path().equals(path));
  }

  /** Returns the outside name of a job or group, with its placeholders replaced. */
  String name(String key, Place place) {
    String name = new Scope(common.vars(), null, problems).text(new Node.Scalar(place, key, true));
    if (name.isEmpty()) {
      throw new BadInput(place, "a job needs a name");
    } else if (name.startsWith(":") || name.endsWith(":")) {
      throw new BadInput(
          place, "job " + name + ": a name cannot begin or end with a colon, as packages do");
    }
    return common.vars().home().prefix() + name;
  }

  /** Returns the needs that are written at the job, in {@code defaults} and around a package. */
  private List<Item> needs(Node.Mapping own, MapFields job, String name) {
    List<Item> given = items.given(job);
    return with(needs(own, job.scope(), name), given);
  }

  private static List<Item> with(List<Item> needs, Collection<Item> more) {
    return more.isEmpty() ? needs : Stream.concat(needs.stream(), more.stream()).toList();
  }

  private List<Item> needs(Node.Mapping own, Scope scope, String name) {
    if (Additions.takesNone(own.get("needs"))) {
      return List.of();
    }
    List<Item> written = items.items(new MapFields(own, scope, problems), "needs", true);
    if (defaults.get("needs") == null) {
      return written;
    }
    MapFields below = new MapFields(defaults, scope, problems);
    return additions().needs(name, written, items.items(below, "needs", true));
  }

  /** Returns what {@code defaults} waits for, as far as no parameter decides. */
  List<Ref> refsOfDefaults() {
    Problems none = new Problems();
    Scope scope = new Scope(common.vars(), Scope.UNKNOWN, "x", null, null, none);
    MapFields fields = new MapFields(defaults, scope, none);
    ItemReader reader = new ItemReader(common.paths(), common.known().given(), none);
    List<Ref> refs = new ArrayList<>(Job.refs(reader.items(fields, "needs", true)));
    refs.addAll(reader.after(fields));
    steps.tools(fields, common.paths().folder(), Collections.emptySortedMap(), List.of()).stream()
        .filter(Job.Tool::isPath)
        .forEach(tool -> refs.add(new Ref.OfFile(tool.place(), tool.paths().getFirst())));
    return refs;
  }

  /** Returns a copy of this reader that adds nothing and reports no problems. */
  JobReader bare() {
    return new JobReader(common.bare(), new Problems());
  }

  Additions additions() {
    return common.known().adds();
  }

  private Node.Mapping withDefaults(Node.Mapping own, Scope scope, String name) {
    if (own.get(Fetch.KEY) != null) {
      common.known().counters().putIfAbsent(Fetch.DOWNLOADS, false);
      own.entries().keySet().stream()
          .filter(key -> JobFeatures.JOB.contains(key) && Fetch.excludes(key))
          .forEach(
              key ->
                  problems.add(
                      own.entries().get(key).place(),
                      key + " is for commands; a job with fetch runs none"));
    }
    if (defaults.entries().isEmpty()) {
      return own;
    }
    SequencedMap<String, Entry> all = new LinkedHashMap<>(own.entries());
    for (Map.Entry<String, Entry> each : defaults.entries().entrySet()) {
      String key = each.getKey();
      Node below = each.getValue().value();
      Entry above = all.get(key);
      boolean other =
          own.get(Fetch.KEY) != null && Fetch.excludes(key)
              || key.equals("command") && all.containsKey("tasks")
              || key.equals("tasks") && all.containsKey("command");
      if (above == null && !other) {
        all.put(key, each.getValue());
      } else if (above != null && JOINED.contains(key)) {
        boolean classed = key.equals("resources");
        Node under = classed ? resources.classOf(below, scope) : below;
        Node over = classed ? resources.classOf(above.value(), scope) : above.value();
        if (under instanceof Node.Mapping a && over instanceof Node.Mapping b) {
          all.put(key, new Entry(above.place(), a.with(b)));
        }
      }
    }
    return additions().joined(own, name, all);
  }

  List<String> shell() {
    return steps.shell(MapFields.of(null, "", new Scope(common.vars(), null, problems), problems));
  }
}
